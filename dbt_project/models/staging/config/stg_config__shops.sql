with versions as (
    {{ latest_versions(source('raw_config', 'shops')) }}
)

select
    id as shop_id,
    payload ->> '$.shop_id' as configured_shop_id,
    payload ->> '$.name' as shop_name,
    payload ->> '$.region' as region,
    coalesce(region = 'US', false) as has_tax_on_top,
    -- Seller Center counts days in these, where the tenant says nothing else.
    coalesce(
        nullif(payload ->> '$.time_zone', ''),
        case region when 'GB' then 'Europe/London' when 'US' then 'America/Los_Angeles' else 'UTC' end
    ) as time_zone,
    payload ->> '$.currency' as currency,
    payload ->> '$.payout_currency' as payout_currency,
    payload ->> '$.bank_account' as bank_account_id,
    payload ->> '$.netsuite_subsidiary' as netsuite_subsidiary,
    payload ->> '$.netsuite_customer' as customer_reference,
    try_cast(payload -> '$.fulfilment_systems' as varchar[]) as fulfilment_systems,
    is_deleted,
    loaded_through
from versions
