with versions as (
    {{ latest_versions(source('raw_config', 'bank_accounts')) }}
)

select
    id as bank_account_id,
    payload ->> '$.account_id' as account_id,
    payload ->> '$.currency' as currency,
    upper(regexp_replace(payload ->> '$.iban', '[^A-Za-z0-9]', '', 'g')) as account_code,
    payload ->> '$.netsuite_account' as account_number,
    is_deleted,
    loaded_through
from versions
