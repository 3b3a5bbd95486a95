with versions as (
    {{ latest_versions(source('raw_linnworks', 'stock_snapshots')) }}
)

select
    id as location_id,
    payload ->> '$.location' as location,
    try_cast(payload ->> '$.as_of' as timestamptz) as as_of,
    {{ units("payload ->> '$.items'") }} as sku_count,
    {{ units("payload ->> '$.items_at_zero'") }} as zero_count,
    observed_at,
    loaded_through
from versions
where not is_deleted
