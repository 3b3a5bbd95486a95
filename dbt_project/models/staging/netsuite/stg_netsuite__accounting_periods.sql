with versions as (
    {{ latest_versions(source('raw_netsuite', 'accounting_periods')) }}
),

-- The days that a period ever had.
known as (
    select
        id,
        min({{ day("(payload ->> '$.startdate')") }}) as earliest_start_date,
        max({{ day("(payload ->> '$.enddate')") }}) as latest_end_date
    from {{ source('raw_netsuite', 'accounting_periods') }}
    group by id
)

select
    id as period_id,
    payload ->> '$.periodname' as period_name,
    {{ day("(payload ->> '$.startdate')") }} as start_date,
    {{ day("(payload ->> '$.enddate')") }} as end_date,
    known.earliest_start_date,
    known.latest_end_date,
    coalesce(payload ->> '$.closed', 'F') = 'T' as is_closed,
    'T' not in (
        coalesce(payload ->> '$.isquarter', 'F'),
        coalesce(payload ->> '$.isyear', 'F'),
        coalesce(payload ->> '$.isadjust', 'F')
    ) as is_month,
    {{ faults([
        each_fault_in('payload', text_fault, ['periodname']),
        each_fault_in('payload', day_fault, ['startdate', 'enddate']),
        flag_fault('closed', "(payload ->> '$.closed')", words="'T', 'F'"),
        flag_fault('isquarter', "(payload ->> '$.isquarter')", words="'T', 'F'"),
        flag_fault('isyear', "(payload ->> '$.isyear')", words="'T', 'F'"),
        flag_fault('isadjust', "(payload ->> '$.isadjust')", words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
left join known using (id)
