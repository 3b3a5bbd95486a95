{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'returns')], 'shop_id, till_return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_newstore', 'returns')) }}
),

items as (
    select
        shop_id,
        id as till_return_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.items',
                '[{"id": "VARCHAR", "externalItemId": "VARCHAR", "productId": "VARCHAR", "quantity": "VARCHAR",
                   "itemCondition": "VARCHAR", "conditionCode": "VARCHAR", "returnReason": "VARCHAR",
                   "refundAmount": "VARCHAR"}]'
            )
        ) as item
    from versions
)

select
    shop_id,
    till_return_id,
    item.id as till_line_id,
    nullif(item.externalitemid, '') as external_item_id,
    item.productid as product_id,
    coalesce({{ units('item.quantity') }}, 1) as quantity,
    coalesce(item.conditioncode, '') as condition_code,
    coalesce(item.itemcondition, '') as item_condition,
    coalesce(item.returnreason, '') as return_reason,
    {{ amount('item.refundamount') }} as refund_amount,
    {{ faults([
        missing_fault('items.id', 'item.id'), missing_fault('items.productId', 'item.productid'),
        each_fault(text_fault, [
            'id', 'externalItemId', 'productId', 'itemCondition', 'conditionCode', 'returnReason',
        ], of='item.', shown='items.'),
        each_fault(units_fault, ['quantity'], of='item.', shown='items.'),
        each_fault(amount_fault, ['refundAmount'], of='item.', shown='items.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from items
