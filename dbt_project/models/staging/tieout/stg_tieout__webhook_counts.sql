{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tieout', 'webhook_counts')], 'shop_id, webhook_count_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tieout', 'webhook_counts')) }}
)

select
    id as webhook_count_id,
    payload ->> '$.system' as system,
    payload ->> '$.outcome' as outcome,
    shop_id,
    payload ->> '$.entity' as entity,
    try_cast(payload ->> '$.day' as date) as counted_date,
    try_cast(payload ->> '$.requests' as bigint) as requests,
    try_cast(nullif(payload ->> '$.newest_at', '') as timestamptz) as newest_at,
    try_cast(payload ->> '$.counted_at' as timestamptz) as counted_at,
    loaded_through
from versions
where not is_deleted
