{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'customer_deposits')], 'shop_id, deposit_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'customer_deposits')) }}
),

{{ kept_versions(source('raw_netsuite', 'customer_deposits')) }},

firsts as (
    select
        shop_id,
        id,
        arg_min(payload ->> '$.entity', observed_at) as entity_id,
        arg_min(nullif(payload ->> '$.createdfrom', ''), observed_at) as created_from_id
    from kept
    where not is_deleted
    group by shop_id, id
)

select
    versions.shop_id,
    versions.id as deposit_id,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as number,
    nullif(payload ->> '$.entity', '') as entity_id,
    nullif(firsts.entity_id, '') as first_entity_id,
    nullif(payload ->> '$.createdfrom', '') as created_from_id,
    firsts.created_from_id as first_created_from_id,
    nullif(payload ->> '$.account', '') as account_id,
    coalesce(payload ->> '$.memo', '') as memo,
    {{ day("(payload ->> '$.trandate')") }} as booking_date,
    payload ->> '$.currency' as currency,
    {{ amount("(payload ->> '$.foreigntotal')") }} as amount,
    nullif(payload ->> '$.status', '') as status,
    'T' in (payload ->> '$.void', payload ->> '$.voided') as is_voided,
    {{ faults([
        each_fault_in('payload', text_fault, [
            'externalid', 'tranid', 'entity', 'createdfrom', 'account', 'currency', 'status', 'memo',
        ]),
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
left join firsts on versions.shop_id = firsts.shop_id and versions.id = firsts.id
