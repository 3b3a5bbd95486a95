{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'fulfilment_requests')], 'shop_id, fulfilment_request_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_newstore', 'fulfilment_requests')) }}
),

-- When a unit of a request was first seen to have left.
left_by as (
    select
        shop_id,
        id,
        min(observed_at) as observed_at
    from (
        select
            shop_id,
            id,
            observed_at,
            payload,
            is_deleted
        from {{ source('raw_newstore', 'fulfilment_requests') }}
        {{ only_changed_keys('shop_id, id') }}
    ) as every
    where not is_deleted and list_contains(payload ->> '$.items[*].status', 'shipped')
    group by shop_id, id
),

documents as (
    select
        versions.*,
        left_by.observed_at as first_shipped_observed_at,
        from_json(
            versions.payload -> '$.items',
            '[{"id": "VARCHAR", "productId": "VARCHAR", "status": "VARCHAR", "carrier": "VARCHAR",
               "trackingCode": "VARCHAR"}]'
        ) as items
    from versions
    left join left_by on versions.shop_id = left_by.shop_id and versions.id = left_by.id
)

select
    shop_id,
    id as fulfilment_request_id,
    parent_id as newstore_order_id,
    coalesce(payload ->> '$.nodeId', payload ->> '$.fulfillmentLocationId') as node_id,
    payload ->> '$.status' as request_status,
    coalesce(payload ->> '$.serviceLevel', '') as service_level,
    try_cast(payload ->> '$.createdAt' as timestamptz) as created_at,
    coalesce(try_cast(payload ->> '$.shippedAt' as timestamptz), first_shipped_observed_at) as shipped_at,
    items,
    list_concat(
        {{ faults([
            missing_fault('status', "(payload ->> '$.status')"),
            each_fault_in('payload', text_fault, ['nodeId', 'fulfillmentLocationId', 'status', 'serviceLevel']),
            given_fault(
                'status', "(payload ->> '$.status')",
                "(payload ->> '$.status') in ('dispatched', 'acknowledged', 'partially_completed', 'completed')",
                'not a status of a request'
            ),
            each_fault_in('payload', instant_fault, ['createdAt', 'shippedAt']),
            shape_faults('payload', {'items': 'ARRAY', 'items[*]': 'OBJECT'}),
        ]) }},
        {{ faults_in('items', 'line', [
            missing_fault('items.id', 'line.id'), missing_fault('items.productId', 'line.productId'),
            each_fault(text_fault, ['id', 'productId', 'status', 'carrier', 'trackingCode'], of='line.', shown='items.'),
            given_fault(
                'items.status', 'line.status', "line.status in ('dispatched', 'shipped', 'rejected', 'cancelled')",
                'not a status of a line'
            ),
        ]) }}
    ) as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents
