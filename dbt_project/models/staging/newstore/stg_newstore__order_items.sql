{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'orders')], 'shop_id, newstore_order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- An item is one unit.
with versions as (
    {{ latest_versions(source('raw_newstore', 'orders')) }}
),

items as (
    select
        shop_id,
        id as newstore_order_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.items',
                '[{"id": "VARCHAR", "externalItemId": "VARCHAR", "productId": "VARCHAR", "status": "VARCHAR",
                   "fulfillmentLocationId": "VARCHAR", "cancellationReason": "VARCHAR", "shippedAt": "VARCHAR"}]'
            )
        ) as item
    from versions
)

select
    shop_id,
    newstore_order_id,
    item.id as item_id,
    nullif(item.externalitemid, '') as external_item_id,
    item.productid as product_id,
    item.status as item_status,
    nullif(item.fulfillmentlocationid, '') as node_id,
    nullif(item.cancellationreason, '') as cancellation_reason,
    try_cast(item.shippedat as timestamptz) as shipped_at,
    {{ faults([
        missing_fault('items.id', 'item.id'), missing_fault('items.productId', 'item.productid'),
        missing_fault('items.status', 'item.status'),
        each_fault(text_fault, [
            'id', 'externalItemId', 'productId', 'status', 'fulfillmentLocationId', 'cancellationReason',
        ], of='item.', shown='items.'),
        given_fault(
            'items.status', 'item.status',
            "item.status in ('pending', 'in_fulfillment', 'on_hold', 'complete', 'cancelled', 'returned')",
            'not a status of an item'
        ),
        each_fault(instant_fault, ['shippedAt'], of='item.', shown='items.'),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from items
