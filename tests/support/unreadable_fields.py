"""The fields that staging reads of each raw table, by what they are.

Belongs here: one name for each field. Does not: sound records, or bad values of a kind (unreadable_records).
"""

from __future__ import annotations

# The fields of each table, by what they are. A list on the way means its first entry.
FIELDS: dict[str, dict[str, str]] = {
    "tiktok_shop.orders": {
        "time": "create_time paid_time delivery_time update_time rts_sla_time tts_sla_time shipping_due_time"
        " cancel_time",
        "amount": "payment.total_amount payment.sub_total payment.tax payment.shipping_fee payment.seller_discount"
        " payment.platform_discount payment.original_total_product_price payment.small_order_fee",
        "currency": "payment.currency",
        "text": "status fulfillment_type shipping_type delivery_option_name warehouse_id",
        "yes or no": "is_sample_order is_replacement_order is_buyer_request_cancel",
        "list": "line_items",
    },
    "tiktok_shop.payments": {
        "time": "create_time paid_time",
        "amount": "amount.value settlement_amount.value reserve_amount.value payment_amount_before_exchange.value",
        "currency": "amount.currency settlement_amount.currency reserve_amount.currency",
        "text": "status bank_account",
        "rate": "exchange_rate",
    },
    "tiktok_shop.packages": {
        "needed": "orders.id",
        "time": "create_time update_time",
        "text": "status tracking_number shipping_provider_id shipping_provider_name orders.id",
        "list": "orders order_line_item_ids",
    },
    "tiktok_shop.cancellations": {
        "time": "create_time update_time seller_next_action_response.deadline",
        "text": "order_id cancel_type cancel_status role cancel_reason cancel_line_items.order_line_item_id"
        " seller_next_action_response.action",
        "yes or no": "should_replenish_stock",
        "list": "cancel_line_items seller_next_action_response",
    },
    "tiktok_shop.returns": {
        "time": "create_time update_time seller_next_action_response.deadline",
        "text": "order_id return_type return_status arbitration_status role return_reason return_reason_text"
        " shipment_type handover_method return_tracking_number return_provider_name pre_return_id next_return_id"
        " combined_return_id seller_proposed_return_type seller_next_action_response.action",
        "yes or no": "can_buyer_keep_item is_combined_return is_quick_refund buyer_rejected_partial_refund",
        "amount": "refund_amount.refund_total refund_amount.refund_subtotal refund_amount.refund_shipping_fee"
        " refund_amount.refund_tax refund_amount.retail_delivery_fee refund_amount.buyer_service_fee"
        " partial_refund.amount shipping_fee_amount.seller_paid_return_shipping_fee",
        "currency": "refund_amount.currency partial_refund.currency shipping_fee_amount.currency",
        "object": "refund_amount partial_refund return_line_items.refund_amount",
        "list": "return_line_items seller_next_action_response shipping_fee_amount",
    },
    "tiktok_shop.return_records": {
        "time": "records.create_time",
        "text": "records.event records.role records.reason_text records.note records.images.url",
        "list": "records records.images",
    },
    "tiktok_shop.warehouses": {"text": "name type sub_type effect_status", "yes or no": "is_default"},
    "tiktok_shop.products": {
        "needed": "skus.id",
        "text": "status skus.id skus.seller_sku skus.status_info.status",
        "list": "skus",
    },
    "tiktok_shop.product_details": {
        "needed": "skus.id skus.combined_skus.sku_count",
        "text": "skus.id skus.combined_skus.seller_sku",
        "count": "skus.combined_skus.sku_count",
        "list": "skus",
    },
    "tiktok_shop.inventory": {
        "needed": "warehouse_inventory.warehouse_id",
        "text": "seller_sku warehouse_inventory.warehouse_id",
        "count": "warehouse_inventory.available_quantity warehouse_inventory.committed_quantity",
        "units": "total_available_inventory_distribution.campaign_inventory.quantity",
        "list": "warehouse_inventory total_available_inventory_distribution.creator_inventory",
        "object": "total_available_inventory_distribution",
    },
    "tiktok_shop.statement_transactions": {
        "time": "order_create_time estimated_release_time",
        "amount": "settlement_amount revenue_amount shipping_cost_amount fee_tax_amount adjustment_amount"
        " reserve_amount",
        "text": "type order_id adjustment_id adjustment_order_id associated_order_id reserve_id reserve_status",
        "the order": "adjustment_order_id associated_order_id",
        "object": "revenue_breakdown shipping_cost_breakdown fee_tax_breakdown fee_tax_breakdown.fee"
        " fee_tax_breakdown.tax supplementary_component",
    },
    "tiktok_shop.statements": {"text": "payment_id payment_status", "amount": "settlement_amount net_sales_amount"},
    "tiktok_shop.statement_summaries": {"amount": "total_settlement_amount settlement_amount payable_amount"},
    "tiktok_shop.unsettled_transactions": {
        "time": "order_create_time order_delivery_time",
        "promise": "estimated_settlement",
        "amount": "est_settlement_amount est_fee_tax_amount",
        "currency": "currency",
        "text": "type order_id adjustment_order_id unsettled_reason",
    },
    "netsuite.accounts": {"text": "acctnumber fullname accttype", "T or F": "isinactive"},
    "netsuite.accounting_periods": {
        "text": "periodname",
        "date": "startdate enddate",
        "T or F": "closed isquarter isyear isadjust",
    },
    "netsuite.journal_entries": {
        "text": "type externalid tranid memo currency subsidiary postingperiod approvalstatus reversal createdby"
        " lines.account lines.acctnumber lines.memo",
        "date": "trandate reversaldate",
        "T or F": "void voided posting isreversal",
        "rate": "exchangerate",
        "amount": "lines.debit lines.credit",
        "list": "lines",
    },
    "netsuite.credit_memos": {
        "text": "type externalid tranid entity postingperiod currency subsidiary status createdfrom memo lines.item"
        " lines.account lines.memo",
        "date": "trandate",
        "T or F": "void voided posting lines.taxline",
        "amount": "foreigntotal lines.quantity lines.amount",
        "list": "lines",
    },
    "linnworks.orders": {
        "text": "NumOrderId FulfilmentLocationId GeneralInfo.Source GeneralInfo.SubSource GeneralInfo.ReferenceNum"
        " GeneralInfo.SecondaryReference ShippingInfo.Vendor ShippingInfo.TrackingNumber Items.RowId Items.SKU"
        " Items.ChannelSKU",
        "yes or no": "Processed IsLocked GeneralInfo.IsParked GeneralInfo.HoldOrCancel Items.IsUnlinked"
        " Items.IsService",
        "units": "GeneralInfo.Status",
        "count": "Items.Quantity",
        "instant": "ProcessedDateTime GeneralInfo.ReceivedDate GeneralInfo.DespatchByDate",
        "amount": "TotalsInfo.TotalCharge TotalsInfo.Tax Items.PricePerUnit Items.CostIncTax Items.Tax",
        "currency": "TotalsInfo.Currency",
        "object": "GeneralInfo ShippingInfo TotalsInfo",
        "list": "Items",
    },
    "linnworks.stock_items": {"text": "ItemNumber ItemTitle", "yes or no": "IsCompositeParent"},
    "linnworks.stock_levels": {
        "needed": "ItemNumber",
        "text": "ItemNumber",
        "units": "Quantity Available InOrder MinimumLevel",
        "yes or no": "IsCompositeParent",
    },
    "linnworks.locations": {"text": "LocationName", "yes or no": "IsFulfillmentCenter"},
    "linnworks.compositions": {
        "needed": "SKU Components.SKU Components.Quantity",
        "text": "SKU Components.SKU",
        "count": "Components.Quantity",
        "list": "Components",
    },
    "newstore.locations": {"text": "name type", "yes or no": "is_active"},
    "newstore.availabilities": {
        "needed": "product_id atp",
        "text": "product_id fulfillment_node_id",
        "units": "atp",
    },
    "newstore.orders": {
        "needed": "status items.id items.productId items.status",
        "text": "externalId status channel currency items.id items.externalItemId items.productId items.status"
        " items.fulfillmentLocationId items.cancellationReason",
        "instant": "createdAt updatedAt items.shippedAt",
        "list": "items",
    },
    "newstore.fulfilment_requests": {
        "needed": "status items.id items.productId",
        "text": "nodeId fulfillmentLocationId status serviceLevel items.id items.productId items.status items.carrier"
        " items.trackingCode",
        "instant": "createdAt",
        "list": "items",
    },
    "newstore.returns": {
        "needed": "returnedAt items.id items.productId",
        "text": "externalOrderId receipt returnLocationId items.id items.externalItemId items.productId"
        " items.itemCondition items.conditionCode items.returnReason",
        "yes or no": "isBlind",
        "instant": "returnedAt",
        "amount": "totalRefundAmount totalRefundAmountAdjusted returnFee items.refundAmount",
        "units": "items.quantity",
        "currency": "currency",
        "list": "items",
    },
    "zigzag.returns": {
        "needed": "status createdAt updatedAt lines.lineId lines.sku lines.quantityRequested shipments.shipmentNumber"
        " shipments.status shipments.events.code shipments.events.at",
        "text": "returnOrderId orderNumber externalReturnRef retailerCode channel status warehouseDC refund.status"
        " lines.lineId lines.sku lines.gtin lines.reasonId lines.reasonCode lines.reasonText lines.returnOption"
        " lines.condition lines.disposition shipments.shipmentNumber shipments.carrier shipments.service"
        " shipments.trackingNumber shipments.labelUrl shipments.status shipments.events.code"
        " shipments.events.description shipments.events.location",
        "instant": "createdAt updatedAt refund.triggeredAt refund.settledAt lines.gradedAt shipments.events.at",
        "count": "lines.quantityRequested lines.quantityReceived",
        "amount": "refund.amount",
        "currency": "refund.currency",
        "object": "refund",
        "list": "lines lines.images shipments shipments.events",
    },
    "zigzag.reasons": {"text": "code text"},
    "zigzag.conditions": {"text": "code text"},
    "zigzag.dispositions": {"text": "code text"},
}
LINE_FIELDS = {
    "text": "id sku_id seller_sku display_status currency",
    "amount": "original_price sale_price seller_discount platform_discount item_tax.tax_amount distance_shipping_fee"
    " shipping_vat_amount retail_delivery_fee pfand_fee",
    "list": "item_tax",
}
RETURN_LINE_FIELDS = {
    "text": "return_line_item_id order_line_item_id sku_id seller_sku product_name",
    "amount": "refund_amount.refund_total refund_amount.refund_subtotal refund_amount.refund_shipping_fee"
    " refund_amount.refund_tax refund_amount.retail_delivery_fee refund_amount.buyer_service_fee",
    "currency": "refund_amount.currency",
    "needed": "return_line_item_id",
}
