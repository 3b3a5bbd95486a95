with versions as (
    {{ latest_versions(source('raw_config', 'bank_accounts')) }}
)

select
    id as bank_account_id,
    payload ->> '$.account_id' as account_id,
    payload ->> '$.currency' as currency,
    payload ->> '$.netsuite_account' as account_number,
    is_deleted,
    loaded_through
from versions
