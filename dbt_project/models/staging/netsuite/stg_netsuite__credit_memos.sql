{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'credit_memos')], 'shop_id, credit_memo_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'credit_memos')) }}
),

{{ kept_versions(source('raw_netsuite', 'credit_memos')) }},

-- Every key of ours that it was ever seen under.
named as (
    select
        shop_id,
        id,
        list_sort(list(distinct payload ->> '$.externalid')) as external_ids
    from kept
    where payload ->> '$.externalid' <> ''
    group by shop_id, id
)

select
    versions.shop_id,
    versions.id as credit_memo_id,
    case payload ->> '$.type' when 'CustCred' then 'credit_memo' when 'CashRfnd' then 'cash_refund' end as kind,
    nullif(payload ->> '$.externalid', '') as external_id,
    coalesce(named.external_ids, []) as external_ids,
    payload ->> '$.tranid' as number,
    nullif(payload ->> '$.entity', '') as entity_id,
    {{ day("(payload ->> '$.trandate')") }} as booking_date,
    nullif(payload ->> '$.postingperiod', '') as period_id,
    payload ->> '$.currency' as currency,
    nullif(payload ->> '$.subsidiary', '') as subsidiary_id,
    -- Its sign is the account's choice.
    abs({{ amount("(payload ->> '$.foreigntotal')") }}) as amount,
    nullif(payload ->> '$.status', '') as status,
    coalesce(payload ->> '$.posting', 'T') <> 'F' as is_posting,
    'T' in (payload ->> '$.void', payload ->> '$.voided') as is_voided,
    nullif(payload ->> '$.createdfrom', '') as created_from_id,
    coalesce(payload ->> '$.memo', '') as memo,
    {{ faults([
        each_fault_in('payload', text_fault, [
            'type', 'externalid', 'tranid', 'entity', 'postingperiod', 'currency', 'subsidiary', 'status',
            'createdfrom', 'memo',
        ]),
        each_fault_in('payload', day_fault, ['trandate']),
        each_fault_in('payload', amount_fault, ['foreigntotal']),
        flag_fault('void', "(payload ->> '$.void')", words="'T', 'F'"),
        flag_fault('voided', "(payload ->> '$.voided')", words="'T', 'F'"),
        flag_fault('posting', "(payload ->> '$.posting')", words="'T', 'F'"),
        shape_faults('payload', {'lines': 'ARRAY', 'lines[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
left join named on versions.shop_id = named.shop_id and versions.id = named.id
