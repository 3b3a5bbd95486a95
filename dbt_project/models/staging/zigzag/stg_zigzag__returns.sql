{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_zigzag', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_zigzag', 'returns')) }}
),

{{ kept_versions(source('raw_zigzag', 'returns')) }},

-- A return does not say when it was received: its first version that is says so by its own change. With the
-- orders and returns that it was ever said to be of: a former one has lost it.
said as (
    select
        shop_id,
        id,
        min(try_cast(payload ->> '$.updatedAt' as timestamptz)) filter (
            where payload ->> '$.status' in ('received', 'graded', 'processed')
        ) as received_at,
        list_sort(list_distinct(flatten(
            list([trim(payload ->> '$.orderNumber'), trim(payload ->> '$.externalReturnRef')])
        ))) as named_ids
    from kept
    where not is_deleted
    group by shop_id, id
),

documents as (
    select
        versions.*,
        said.received_at,
        said.named_ids,
        from_json(
            versions.payload,
            '{"returnOrderId": "VARCHAR", "orderNumber": "VARCHAR", "externalReturnRef": "VARCHAR",
              "retailerCode": "VARCHAR", "channel": "VARCHAR", "status": "VARCHAR", "createdAt": "VARCHAR",
              "updatedAt": "VARCHAR", "warehouseDC": "VARCHAR",
              "refund": {"status": "VARCHAR", "amount": "VARCHAR", "currency": "VARCHAR", "triggeredAt": "VARCHAR",
                "settledAt": "VARCHAR"}}'
        ) as body
    from versions
    left join said on versions.shop_id = said.shop_id and versions.id = said.id
)

select
    shop_id,
    id as return_id,
    body.returnorderid as return_order_id,
    -- Blanks around an id are somebody's typing, not another id.
    coalesce(trim(body.ordernumber), '') as order_number,
    coalesce(trim(body.externalreturnref), '') as external_return_ref,
    coalesce(named_ids, []) as named_ids,
    body.retailercode as retailer_code,
    body.channel,
    body.status,
    try_cast(body.createdat as timestamptz) as created_at,
    try_cast(body.updatedat as timestamptz) as updated_at,
    if(body.status in ('received', 'graded', 'processed'), received_at, null) as received_at,
    coalesce(body.warehousedc, '') as warehouse_code,
    {{ faults([
        each_fault(missing_fault, ['status', 'createdAt', 'updatedAt'], of='body.'),
        shape_faults('payload', {
            'refund': 'OBJECT', 'shipments': 'ARRAY', 'shipments[*]': 'OBJECT', 'shipments[*].events': 'ARRAY',
            'shipments[*].events[*]': 'OBJECT', 'lines': 'ARRAY', 'lines[*]': 'OBJECT', 'lines[*].images': 'ARRAY',
        }),
        "case when body.status in ('graded', 'processed') and coalesce(json_array_length(payload -> '$.lines'), 0) = 0
            then {'field': 'lines', 'value': coalesce(payload ->> '$.lines', ''), 'reason': 'graded, and nothing in it'} end",
        each_fault(text_fault, [
            'returnOrderId', 'orderNumber', 'externalReturnRef', 'retailerCode', 'channel', 'status', 'warehouseDC',
            'refund.status',
        ], of='body.'),
        each_fault(instant_fault, ['createdAt', 'updatedAt', 'refund.triggeredAt', 'refund.settledAt'], of='body.'),
        amount_fault('refund.amount', 'body.refund.amount'),
        given_currency_fault('refund.currency', 'body.refund.currency'),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from documents
