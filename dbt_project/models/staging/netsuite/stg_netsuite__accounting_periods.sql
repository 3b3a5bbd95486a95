with versions as (
    {{ latest_versions(source('raw_netsuite', 'accounting_periods')) }}
)

select
    id as period_id,
    payload ->> '$.periodname' as period_name,
    coalesce(
        try_cast(payload ->> '$.startdate' as date),
        cast(try_strptime(payload ->> '$.startdate', ['%m/%d/%Y', '%d/%m/%Y']) as date)
    ) as start_date,
    coalesce(
        try_cast(payload ->> '$.enddate' as date),
        cast(try_strptime(payload ->> '$.enddate', ['%m/%d/%Y', '%d/%m/%Y']) as date)
    ) as end_date,
    coalesce(payload ->> '$.closed', 'F') = 'T' as is_closed,
    'T' not in (
        coalesce(payload ->> '$.isquarter', 'F'),
        coalesce(payload ->> '$.isyear', 'F'),
        coalesce(payload ->> '$.isadjust', 'F')
    ) as is_month,
    is_deleted,
    observed_at,
    loaded_through
from versions
