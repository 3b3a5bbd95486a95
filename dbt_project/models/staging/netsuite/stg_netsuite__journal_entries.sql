with versions as (
    {{ latest_versions(source('raw_netsuite', 'journal_entries')) }}
)

select
    id as journal_id,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as journal_number,
    coalesce(payload ->> '$.memo', '') as memo,
    coalesce(
        try_cast(payload ->> '$.trandate' as date),
        cast(try_strptime(payload ->> '$.trandate', ['%m/%d/%Y', '%d/%m/%Y']) as date)
    ) as journal_date,
    payload ->> '$.currency' as currency,
    nullif(payload ->> '$.subsidiary', '') as subsidiary_id,
    nullif(payload ->> '$.postingperiod', '') as posting_period_id,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
