"""A value that cannot be read is named in quarantine, whichever field holds it, and clears when corrected.

Belongs here: one raw record for each field that staging reads and each kind of bad value. Does not: what the rest of
the product makes of such a record (tests/integration), or records that ingestion refuses.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import duckdb

from tests.support.raw_world import DAMAGE_LOAD, SHOP, UNDO_LOAD, build, land, order_line

Payload = dict[str, Any]
NOW = 1_770_000_000
MONEY = {"currency": "GBP", "total_amount": "20.00"}
ITEM = {"id": "1", "original_price": "20.00", "display_status": "DELIVERED", "currency": "GBP", "item_tax": [{}]}
AMOUNT = {"value": "1.00", "currency": "GBP"}
STOCK = {"campaign_inventory": [{"quantity": 1}], "creator_inventory": [{"quantity": 1}]}
PLACE = {"warehouse_id": "1", "available_quantity": 1, "committed_quantity": 0}
# Each raw table, what it is called in quarantine, and a sound record of it.
SOUND: dict[str, tuple[str, Payload]] = {
    "tiktok_shop.orders": ("orders", {"status": "COMPLETED", "payment": MONEY, "line_items": [ITEM]}),
    "tiktok_shop.payments": ("payments", {"amount": AMOUNT, "create_time": NOW, "status": "PROCESSING"}),
    "tiktok_shop.packages": ("packages", {"status": "PROCESSING", "orders": [{"id": "1"}]}),
    "tiktok_shop.cancellations": (
        "cancellations",
        {"cancel_line_items": [{}], "seller_next_action_response": [{"action": "ANY", "deadline": NOW}]},
    ),
    "tiktok_shop.returns": (
        "returns",
        {
            "refund_amount": {"currency": "GBP", "refund_total": "1.00"},
            "partial_refund": {"amount": "1.00"},
            "return_line_items": [{"return_line_item_id": "1"}],
            "shipping_fee_amount": [{}],
            "seller_next_action_response": [{"action": "ANY", "deadline": NOW}],
        },
    ),
    "tiktok_shop.return_records": ("return_records", {"records": [{"event": "ASKED", "images": [{"url": "1"}]}]}),
    "tiktok_shop.warehouses": ("warehouses", {"name": "1", "is_default": False}),
    "tiktok_shop.products": ("products", {"skus": [{"id": "1", "seller_sku": "1", "status_info": {}}]}),
    "tiktok_shop.product_details": ("product_details", {"skus": [{"id": "1", "combined_skus": [{"sku_count": 2}]}]}),
    "tiktok_shop.inventory": (
        "inventory",
        {"seller_sku": "1", "warehouse_inventory": [PLACE], "total_available_inventory_distribution": STOCK},
    ),
    "tiktok_shop.statement_transactions": ("statement_transactions", order_line("1", "1.00", "0", "1.00")),
    "tiktok_shop.statements": ("statements", {"currency": "GBP", "statement_time": NOW}),
    "tiktok_shop.statement_summaries": ("statement_summaries", {"total_settlement_amount": "1.00"}),
    "tiktok_shop.unsettled_transactions": (
        "unsettled_transactions",
        {"type": "ORDER", "order_id": "1", "estimated_settlement": "Delivered + 7 days"},
    ),
    "netsuite.accounts": ("accounts", {"acctnumber": "1", "isinactive": "F"}),
    "netsuite.accounting_periods": ("accounting_periods", {"startdate": "02/01/2026", "enddate": "2026-02-28"}),
    "netsuite.journal_entries": (
        "journal_entries",
        {"type": "Journal", "trandate": "2026-02-01", "void": "F", "lines": [{"account": "1", "debit": "1.00"}]},
    ),
    "netsuite.credit_memos": (
        "credit_memos",
        {"type": "CustCred", "trandate": "2026-02-01", "void": "F", "lines": [{"line": "1", "amount": "1.00"}]},
    ),
    "linnworks.orders": (
        "orders",
        {"Processed": False, "GeneralInfo": {"Status": 1}, "TotalsInfo": {"TotalCharge": 1.5}, "Items": [{"SKU": "1"}]},
    ),
    "linnworks.stock_items": ("stock_items", {"ItemNumber": "1", "IsCompositeParent": True}),
    "linnworks.stock_levels": ("stock_levels", {"ItemNumber": "1", "Quantity": 5.0, "MinimumLevel": -1}),
    "linnworks.locations": ("locations", {"LocationName": "1"}),
    "linnworks.compositions": ("compositions", {"SKU": "1", "Components": [{"SKU": "2", "Quantity": 2}]}),
    "newstore.locations": ("locations", {"name": "1", "type": "store", "is_active": True}),
    "newstore.availabilities": ("availabilities", {"product_id": "1", "fulfillment_node_id": "1", "atp": -1}),
    "newstore.orders": (
        "orders",
        {"externalId": "1", "status": "open", "items": [{"id": "1", "productId": "1", "status": "pending"}]},
    ),
    "newstore.fulfilment_requests": (
        "fulfilment_requests",
        {"nodeId": "1", "status": "dispatched", "items": [{"id": "1", "productId": "1", "status": "dispatched"}]},
    ),
    "newstore.returns": (
        "returns",
        {
            "returnedAt": "2026-02-01T00:00:00",
            "currency": "GBP",
            "items": [{"id": "1", "productId": "1", "quantity": 1}],
        },
    ),
    "zigzag.returns": (
        "returns",
        {
            **{"status": "created", "createdAt": "2026-02-01T00:00:00Z", "updatedAt": "2026-02-01T00:00:00Z"},
            "refund": {"status": "not_ready"},
            "lines": [{"lineId": "1", "sku": "1", "quantityRequested": 1}],
            "shipments": [
                {"shipmentNumber": 1, "status": "collected", "events": [{"code": "1", "at": "2026-02-01T00:00:00Z"}]}
            ],
        },
    ),
    "zigzag.reasons": ("reasons", {"code": "1", "text": "1"}),
    "zigzag.conditions": ("conditions", {"code": "1", "text": "1"}),
    "zigzag.dispositions": ("dispositions", {"code": "1", "text": "1"}),
}
# What no value of a kind can be. A list or an object is none of them.
BAD: dict[str, tuple[Any, ...]] = {
    "time": (-1, 99_999_999_999_999, 9e15, "soon", "\uff11\uff17\uff17", [NOW], {"at": NOW}, True),
    "promise": (-1, 99_999_999_999_999, [NOW], {"at": NOW}),
    "amount": ("12,30", "abc", "1e400", "NaN", ["1.00"], {"value": "1.00"}, True),
    "units": ("many", 1.5, "2.5", 1e12, [1], {"units": 1}, True),
    "text": (["1"], {"id": "1"}, True, []),
    "yes or no": ("perhaps", 2, "True", [True]),
    "T or F": ("perhaps", 2, True, ["T"]),
    "currency": ("XX", 826, "gbp", ["GBP"]),
    "rate": ("abc", "Infinity", [1], True),
    "date": ("31/02/2026", "soon", 20260201, ["2026-02-01"]),
    "instant": ("31/02/2026", "soon", ["2026-02-01T00:00:00Z"]),
    "list": ("1", 1, {"id": "1"}, True),
    "count": ("many", 1.5, -1, [1], {"units": 1}, True),
    "object": ("1", 1, [], True),
    "the order": ("2",),
    "needed": (None, ""),
}
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
RETURN_LINE = {"return_line_item_id": "1", "refund_amount": {"currency": "GBP", "refund_total": "1.00"}}
# Each table whose records have lines, the list, what a line is called in quarantine, and a sound one.
LINES: list[tuple[str, str, str, Payload, dict[str, str]]] = [
    ("tiktok_shop.orders", "line_items", "order_lines", ITEM, LINE_FIELDS),
    ("tiktok_shop.returns", "return_line_items", "return_lines", RETURN_LINE, RETURN_LINE_FIELDS),
]


def with_value(payload: Payload, field: str, value: Any) -> Payload:
    """Return a copy of the record with another value in one field; a list on the way means its first entry."""
    changed = copy.deepcopy(payload)
    place: Any = changed
    *way, last = field.split(".")
    for name in way:
        place = place.setdefault(name, {})
        place = place[0] if isinstance(place, list) else place
    place[last] = value
    return changed


def records() -> list[tuple[str, str, str, Payload]]:
    """Return every bad record: its table, its id, its bad field, and its payload."""
    return [
        (table, f"{SOUND[table][0]}-{kind}-{field}-{number}", field, with_value(SOUND[table][1], field, value))
        for table, kinds in FIELDS.items()
        for kind, fields in kinds.items()
        for field in fields.split()
        for number, value in enumerate(BAD[kind])
    ]


def lines() -> list[tuple[str, str, str, str, Payload]]:
    """Return a line for every bad value of one: its table, its entity, its parent, its bad field, and the parent."""
    return [
        (table, entity, f"{entity}-{kind}-{field}-{number}", field, parent)
        for table, items, entity, line, of_line in LINES
        for kind, fields in of_line.items()
        for field in fields.split()
        for number, value in enumerate(BAD[kind])
        for parent in [SOUND[table][1] | {items: [with_value(line, field, value)]}]
    ]


def landed(home: Path, load: tuple[str, str], *, mended: bool) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = [(table, key, payload) for table, key, _field, payload in records()]
        rows += [(table, key, payload) for table, _entity, key, _field, payload in lines()]
        rows += [(table, f"sound-{number}", sound) for table in SOUND for number, sound in enumerate(sound_ones(table))]
        for table, key, payload in rows:
            shop = SHOP if table.startswith("tiktok_shop") else ""
            body = SOUND[table][1] if mended else payload
            land(connection, f"raw_{table}", key, body, shop=shop, parent="parent", load=load)
        level, parent = SOUND["linnworks.stock_levels"][1], "parent" if mended else ""
        land(connection, "raw_linnworks.stock_levels", "nowhere", level, shop="", parent=parent, load=load)


def sound_ones(table: str) -> list[Payload]:
    """Return records whose other fields say nothing, in each way: none of them is a fault."""
    _entity, sound = SOUND[table]
    plain = [field for fields in FIELDS[table].values() for field in fields.split() if "." not in field]
    return [sound, dict.fromkeys(plain) | sound, {field: "" for field in plain if field != "type"} | sound]


def held(home: Path) -> set[tuple[str, str, str, str]]:
    build(home, "exceptions_build.exc_quarantine", "audit.quarantine")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        named = connection.execute(
            "select system, entity, if(entity in ('order_lines', 'return_lines'), parent_id, record_id),"
            " replace(field, '[*]', '') from audit.quarantine"
        ).fetchall()
        rows = connection.execute("select entity_id from exceptions_build.exc_quarantine").fetchall()
    reported = {key for (key,) in rows}
    assert reported >= {
        f"{system}/{entity}/{record}" for system, entity, record, _ in named if not entity.endswith("_lines")
    }
    return set(named)


def test_every_value_that_cannot_be_read_is_named_until_it_is_corrected(home: Path) -> None:
    landed(home, DAMAGE_LOAD, mended=False)
    bad = {(table.split(".")[0], SOUND[table][0], key, field) for table, key, field, _payload in records()}
    bad |= {("linnworks", "stock_levels", "nowhere", "location_id")}
    bad |= {("tiktok_shop", entity, parent, field) for _table, entity, parent, field, _payload in lines()}
    found = held(home)
    assert bad - found == set()
    assert found - bad == set()
    landed(home, UNDO_LOAD, mended=True)
    assert held(home) == set()
