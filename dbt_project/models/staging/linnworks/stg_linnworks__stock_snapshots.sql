with versions as (
    {{ latest_versions(source('raw_linnworks', 'stock_snapshots')) }}
)

select
    id as location_id,
    payload ->> '$.location' as location,
    try_cast(payload ->> '$.as_of' as timestamptz) as as_of,
    try_cast(payload ->> '$.items' as integer) as sku_count,
    try_cast(payload ->> '$.items_at_zero' as integer) as zero_count,
    observed_at,
    loaded_through
from versions
where not is_deleted
