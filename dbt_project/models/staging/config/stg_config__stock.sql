with versions as (
    {{ latest_versions(source('raw_config', 'stock')) }}
)

select
    id as stock_id,
    {{ units("payload ->> '$.gxo_stale_after_minutes'") }} as gxo_stale_after_minutes,
    {{ units("payload ->> '$.linnworks_stale_after_minutes'") }} as linnworks_stale_after_minutes,
    try_cast(payload ->> '$.smallest_snapshot_share' as decimal(9, 4)) as smallest_snapshot_share,
    try_cast(payload ->> '$.most_zero_share_jump' as decimal(9, 4)) as most_zero_share_jump,
    try_cast(payload ->> '$.most_zeroed_share' as decimal(9, 4)) as most_zeroed_share,
    is_deleted,
    loaded_through
from versions
