{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'customer_deposits')], 'shop_id, deposit_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'customer_deposits')) }}
)

select
    shop_id,
    id as deposit_id,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as number,
    {{ day("(payload ->> '$.trandate')") }} as booking_date,
    payload ->> '$.currency' as currency,
    {{ amount("(payload ->> '$.foreigntotal')") }} as amount,
    nullif(payload ->> '$.status', '') as status,
    'T' in (payload ->> '$.void', payload ->> '$.voided') as is_voided,
    {{ faults([
        each_fault_in('payload', text_fault, ['externalid', 'tranid', 'currency', 'status', 'memo']),
        each_fault_in('payload', day_fault, ['trandate']),
        each_fault_in('payload', amount_fault, ['foreigntotal']),
        flag_fault('void', "(payload ->> '$.void')", words="'T', 'F'"),
        flag_fault('voided', "(payload ->> '$.voided')", words="'T', 'F'"),
        shape_faults('payload', {'lines': 'ARRAY', 'lines[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
