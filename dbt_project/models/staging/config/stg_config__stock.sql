with versions as (
    {{ latest_versions(source('raw_config', 'stock')) }}
)

select
    id as stock_id,
    try_cast(payload ->> '$.smallest_snapshot_share' as decimal(9, 4)) as smallest_snapshot_share,
    try_cast(payload ->> '$.most_zero_share_jump' as decimal(9, 4)) as most_zero_share_jump,
    try_cast(payload ->> '$.most_zeroed_share' as decimal(9, 4)) as most_zeroed_share,
    is_deleted,
    loaded_through
from versions
