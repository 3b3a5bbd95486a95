{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'sales_orders')], 'shop_id, sales_order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'sales_orders')) }}
)

select
    shop_id,
    id as sales_order_id,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as number,
    nullif(payload ->> '$.otherrefnum', '') as other_reference,
    nullif(payload ->> '$.entity', '') as entity_id,
    payload ->> '$.status' as status,
    payload ->> '$.currency' as currency,
    {{ amount("(payload ->> '$.foreigntotal')") }} as total_amount,
    {{ faults([
        missing_fault('status', "(payload ->> '$.status')"),
        each_fault_in('payload', text_fault, [
            'externalid', 'tranid', 'otherrefnum', 'entity', 'status', 'currency', 'memo',
        ]),
        each_fault_in('payload', amount_fault, ['foreigntotal']),
        shape_faults('payload', {'lines': 'ARRAY', 'lines[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
