with versions as (
    {{ netsuite_transactions() }}
),

-- What no acknowledgement holds, since NetSuite chose it: as it was when the transaction was first read.
seen as (
    select
        id,
        nullif(payload ->> '$.exchangerate', '') as exchange_rate,
        nullif(payload ->> '$.subsidiary', '') as subsidiary_id,
        observed_at
    from {{ source('raw_netsuite', 'journal_entries') }}
    union all
    select
        id,
        nullif(payload ->> '$.exchangerate', '') as exchange_rate,
        nullif(payload ->> '$.subsidiary', '') as subsidiary_id,
        observed_at
    from {{ source('raw_netsuite', 'other_entries') }}
),

firsts as (
    select
        id,
        arg_min(exchange_rate, observed_at) as exchange_rate,
        arg_min(subsidiary_id, observed_at) as subsidiary_id
    from seen
    group by id
)

select
    versions.id as journal_id,
    coalesce(nullif(payload ->> '$.type', ''), 'Journal') as transaction_type,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as journal_number,
    coalesce(payload ->> '$.memo', '') as memo,
    {{ day("(payload ->> '$.trandate')") }} as journal_date,
    payload ->> '$.currency' as currency,
    nullif(payload ->> '$.subsidiary', '') as subsidiary_id,
    firsts.subsidiary_id as first_subsidiary_id,
    nullif(payload ->> '$.postingperiod', '') as posting_period_id,
    try_cast(nullif(payload ->> '$.exchangerate', '') as decimal(18, 8)) as exchange_rate,
    try_cast(firsts.exchange_rate as decimal(18, 8)) as first_exchange_rate,
    'T' in (payload ->> '$.void', payload ->> '$.voided') as is_voided,
    -- 1 pending approval, 2 approved, 3 rejected; the status letter A says pending where no approval status is kept.
    coalesce(nullif(payload ->> '$.approvalstatus', ''), if(payload ->> '$.status' = 'A', '1', '2')) as approval_status,
    coalesce(payload ->> '$.posting', 'T') <> 'F' as is_posting,
    coalesce(payload ->> '$.isreversal', 'F') = 'T' as is_reversal,
    nullif(payload ->> '$.reversal', '') as reversal_id,
    {{ day("(payload ->> '$.reversaldate')") }} as reversal_date,
    nullif(payload ->> '$.createdby', '') as created_by,
    {{ faults([
        each_fault_in('payload', text_fault, [
            'type', 'externalid', 'tranid', 'memo', 'currency', 'subsidiary', 'postingperiod', 'approvalstatus',
            'status', 'reversal', 'createdby',
        ]),
        each_fault_in('payload', day_fault, ['trandate', 'reversaldate']),
        rate_fault('exchangerate', "(payload ->> '$.exchangerate')", 'decimal(18, 8)'),
        flag_fault('void', "(payload ->> '$.void')", words="'T', 'F'"),
        flag_fault('voided', "(payload ->> '$.voided')", words="'T', 'F'"),
        flag_fault('posting', "(payload ->> '$.posting')", words="'T', 'F'"),
        flag_fault('isreversal', "(payload ->> '$.isreversal')", words="'T', 'F'"),
        shape_faults('payload', {'lines': 'ARRAY', 'lines[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join firsts on versions.id = firsts.id
