{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'orders')], 'shop_id, newstore_order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- Instants come without an offset and are in UTC.
with versions as (
    {{ latest_versions(source('raw_newstore', 'orders')) }}
),

{{ kept_versions(source('raw_newstore', 'orders')) }},

promised as (
    {{ unbroken_since("(payload ->> '$.status') <> 'on_hold'", 'promised_since') }}
)

select
    versions.shop_id,
    versions.id as newstore_order_id,
    nullif(payload ->> '$.externalId', '') as external_id,
    payload ->> '$.status' as order_status,
    promised.promised_since,
    payload ->> '$.channel' as channel,
    payload ->> '$.currency' as currency,
    try_cast((payload ->> '$.createdAt') as timestamptz) as created_at,
    try_cast((payload ->> '$.updatedAt') as timestamptz) as updated_at,
    {{ faults([
        missing_fault('status', "(payload ->> '$.status')"),
        each_fault_in('payload', text_fault, ['externalId', 'status', 'channel', 'currency']),
        given_fault(
            'status', "(payload ->> '$.status')",
            "(payload ->> '$.status') in ('open', 'on_hold', 'closed', 'failed', 'created_for_blind_return')",
            'not a status of an order'
        ),
        each_fault_in('payload', instant_fault, ['createdAt', 'updatedAt']),
        shape_faults('payload', {'items': 'ARRAY', 'items[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join promised on versions.shop_id = promised.shop_id and versions.id = promised.id
