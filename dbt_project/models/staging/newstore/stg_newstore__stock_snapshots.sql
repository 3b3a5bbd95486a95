with versions as (
    {{ latest_versions(source('raw_newstore', 'stock_snapshots')) }}
)

select
    id as node_id,
    try_cast(payload ->> '$.as_of' as timestamptz) as as_of,
    observed_at,
    loaded_through
from versions
where not is_deleted
