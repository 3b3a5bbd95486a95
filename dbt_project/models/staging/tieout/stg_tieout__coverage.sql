with versions as (
    {{ latest_versions(source('raw_tieout', 'coverage')) }}
)

select
    id as coverage_id,
    payload ->> '$.system' as system,
    payload ->> '$.entity' as entity,
    coalesce(nullif(payload ->> '$.shop_id', ''), nullif(payload ->> '$.shop', ''), shop_id) as shop_id,
    try_cast(payload ->> '$.window_from' as timestamptz) as window_from,
    try_cast(payload ->> '$.window_to' as timestamptz) as window_to,
    try_cast(payload ->> '$.verified_at' as timestamptz) as verified_at,
    try_cast(payload ->> '$.row_count' as bigint) as row_count,
    {{ load_sequence("payload ->> '$.load_id'") }} as read_in_load,
    loaded_through
from versions
where not is_deleted
