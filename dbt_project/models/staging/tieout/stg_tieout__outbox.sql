{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tieout', 'outbox')], 'shop_id, outbox_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tieout', 'outbox')) }}
)

select
    id as outbox_id,
    payload ->> '$.sync' as sync,
    payload ->> '$.entity_key' as entity_key,
    shop_id,
    payload ->> '$.state' as state,
    payload ->> '$.desired' as desired,
    coalesce(payload ->> '$.error_code', '') as error_code,
    coalesce(payload ->> '$.last_error', '') as last_error,
    try_cast(payload ->> '$.amount' as decimal(18, 4)) as amount,
    payload ->> '$.currency' as currency,
    try_cast(nullif(payload ->> '$.updated_at', '') as timestamptz) as updated_at,
    loaded_through
from versions
where not is_deleted
