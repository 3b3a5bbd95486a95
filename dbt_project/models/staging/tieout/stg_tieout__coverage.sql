{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tieout', 'coverage')], 'shop_id, coverage_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tieout', 'coverage')) }}
)

select
    id as coverage_id,
    payload ->> '$.system' as system,
    payload ->> '$.entity' as entity,
    shop_id,
    try_cast(payload ->> '$.window_from' as timestamptz) as window_from,
    try_cast(payload ->> '$.window_to' as timestamptz) as window_to,
    try_cast(payload ->> '$.verified_at' as timestamptz) as verified_at,
    try_cast(payload ->> '$.row_count' as bigint) as row_count,
    epoch_us(try_strptime(payload ->> '$.load_id', '%Y%m%dT%H%M%S.%fZ')) * 10 as read_in_load,
    loaded_through
from versions
where not is_deleted
