with versions as (
    {{ latest_versions(source('raw_bank', 'statements')) }}
)

select
    id as bank_statement_id,
    payload ->> '$.account_id' as account_id,
    payload ->> '$.currency' as currency,
    payload ->> '$.file' as file_name,
    coalesce(payload ->> '$.statement_id', '') as statement_number,
    try_cast(nullif(payload ->> '$.number', '') as bigint) as sequence_number,
    coalesce(try_cast(payload ->> '$.page' as integer), 0) as page,
    coalesce(try_cast(payload ->> '$.is_last_page' as boolean), true) as is_last_page,
    payload ->> '$.format' = 'camt053' as has_balances_by_standard,
    try_cast(nullif(payload ->> '$.start', '') as timestamptz) as starts_at,
    try_cast(nullif(payload ->> '$.end', '') as timestamptz) as ends_at,
    {{ amount("payload ->> '$.opening_balance'") }} as opening_amount,
    {{ amount("payload ->> '$.closing_balance'") }} as closing_amount,
    coalesce(try_cast(payload ->> '$.unread' as integer), 0) as unread_count,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
