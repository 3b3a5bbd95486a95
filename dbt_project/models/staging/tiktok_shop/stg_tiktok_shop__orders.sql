{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

{%- set sums = [
    'total_amount', 'sub_total', 'original_total_product_price', 'seller_discount', 'platform_discount',
    'payment_platform_discount', 'shipping_fee', 'original_shipping_fee', 'shipping_fee_seller_discount',
    'shipping_fee_platform_discount', 'shipping_fee_cofunded_discount', 'tax', 'product_tax', 'shipping_fee_tax',
    'retail_delivery_fee', 'buyer_service_fee', 'handling_fee', 'shipping_insurance_fee', 'item_insurance_fee',
    'item_insurance_tax', 'small_order_fee', 'distance_shipping_fee', 'distance_fee', 'payment_discount_service_fee',
] %}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'orders')) }}
),

-- The payload is read once: every further path expression would hold a batch of parsed orders of its own in memory.
documents as (
    select
        *,
        from_json(
            payload,
            '{"status": "VARCHAR", "payment": {"currency": "VARCHAR", "total_amount": "VARCHAR", "sub_total": "VARCHAR",
                "original_total_product_price": "VARCHAR", "seller_discount": "VARCHAR", "platform_discount": "VARCHAR",
                "payment_platform_discount": "VARCHAR", "shipping_fee": "VARCHAR", "original_shipping_fee": "VARCHAR",
                "shipping_fee_seller_discount": "VARCHAR", "shipping_fee_platform_discount": "VARCHAR",
                "shipping_fee_cofunded_discount": "VARCHAR", "tax": "VARCHAR", "product_tax": "VARCHAR",
                "shipping_fee_tax": "VARCHAR", "retail_delivery_fee": "VARCHAR", "buyer_service_fee": "VARCHAR",
                "handling_fee": "VARCHAR", "shipping_insurance_fee": "VARCHAR", "item_insurance_fee": "VARCHAR",
                "item_insurance_tax": "VARCHAR", "small_order_fee": "VARCHAR", "distance_shipping_fee": "VARCHAR",
                "distance_fee": "VARCHAR", "payment_discount_service_fee": "VARCHAR"},
              "create_time": "VARCHAR", "paid_time": "VARCHAR", "delivery_time": "VARCHAR", "update_time": "VARCHAR",
              "is_sample_order": "VARCHAR", "is_replacement_order": "VARCHAR", "is_buyer_request_cancel": "VARCHAR",
              "fulfillment_type": "VARCHAR", "shipping_type": "VARCHAR", "delivery_option_name": "VARCHAR",
              "user_id": "VARCHAR", "warehouse_id": "VARCHAR", "rts_sla_time": "VARCHAR", "tts_sla_time": "VARCHAR",
              "shipping_due_time": "VARCHAR", "cancel_time": "VARCHAR", "line_items": [{"id": "VARCHAR"}]}'
        ) as body
    from versions
)

select
    shop_id,
    id as order_id,
    body.status as order_status,
    body.payment.currency,
    {{ amount('body.payment.total_amount') }} as total_amount,
    body.payment as payment_texts,
    {{ epoch_instant('body.create_time') }} as created_at,
    {{ epoch_instant('body.paid_time') }} as paid_at,
    {{ epoch_instant('body.delivery_time') }} as delivered_at,
    {{ epoch_instant('body.update_time') }} as updated_at,
    coalesce(body.is_sample_order = 'true', false) as is_sample,
    coalesce(body.is_replacement_order = 'true', false) as is_replacement,
    coalesce(body.is_buyer_request_cancel = 'true', false) as is_cancel_requested,
    body.fulfillment_type,
    body.shipping_type,
    coalesce(body.delivery_option_name, '') as delivery_option,
    body.warehouse_id,
    -- The same for all orders of a buyer, and nothing by which he can be found.
    md5(nullif(body.user_id, '')) as buyer_key,
    {{ epoch_instant('body.rts_sla_time') }} as ready_to_ship_due_at,
    {{ epoch_instant('body.tts_sla_time') }} as in_transit_due_at,
    {{ epoch_instant('body.shipping_due_time') }} as cancels_at,
    {{ epoch_instant('body.cancel_time') }} as cancelled_at,
    {{ faults([
        each_fault(amount_fault, sums, of='body.payment.', shown='payment.'),
        currency_fault('payment.currency', 'body.payment.currency'),
        each_fault(given_time_fault, [
            'create_time', 'paid_time', 'delivery_time', 'update_time', 'rts_sla_time', 'tts_sla_time',
            'shipping_due_time', 'cancel_time',
        ], of='body.'),
        each_fault(text_fault, [
            'status', 'fulfillment_type', 'shipping_type', 'delivery_option_name', 'warehouse_id',
        ], of='body.'),
        object_fault('payment', 'body.payment.currency'),
        "if(body.line_items is null, " ~ shape_faults('payload', {'line_items': 'ARRAY'}) ~ ", null)",
        "if(len(list_filter(body.line_items, lambda line: line.id is null)) > 0, "
        ~ shape_faults('payload', {'line_items[*]': 'OBJECT'}) ~ ", null)",
        each_fault(flag_fault, ['is_sample_order', 'is_replacement_order', 'is_buyer_request_cancel'], of='body.'),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents
