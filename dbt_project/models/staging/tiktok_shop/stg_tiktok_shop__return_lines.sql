{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- A line of a return is a line item of its order, one physical unit. One that is there twice is one line.
with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'returns')) }}
),

units as (
    select distinct
        shop_id,
        id as return_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.return_line_items',
                '[{"return_line_item_id": "VARCHAR", "order_line_item_id": "VARCHAR", "sku_id": "VARCHAR",
                   "seller_sku": "VARCHAR", "product_name": "VARCHAR", "refund_amount": {{ refund_fields() }}}]'
            )
        ) as line
    from versions
)

select
    shop_id,
    return_id,
    line.return_line_item_id as return_line_id,
    nullif(line.order_line_item_id, '') as order_line_id,
    line.sku_id,
    {{ name_text('line.seller_sku') }} as seller_sku,
    {{ name_text('line.product_name') }} as product_name,
    {{ refund_money('line.refund_amount') }},
    {{ faults([
        missing_fault('return_line_item_id', 'line.return_line_item_id'),
        shared_id_fault('return_line_item_id', 'line.return_line_item_id', 'shop_id, return_id'),
        each_fault(text_fault, [
            'return_line_item_id', 'order_line_item_id', 'sku_id', 'seller_sku', 'product_name',
        ], of='line.'),
        refund_faults('line.refund_amount'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from units
