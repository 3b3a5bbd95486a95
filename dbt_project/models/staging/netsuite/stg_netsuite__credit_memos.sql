with versions as (
    {{ latest_versions(source('raw_netsuite', 'credit_memos')) }}
)

select
    id as credit_memo_id,
    case payload ->> '$.type' when 'CustCred' then 'credit_memo' when 'CashRfnd' then 'cash_refund' end as kind,
    nullif(payload ->> '$.externalid', '') as external_id,
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
