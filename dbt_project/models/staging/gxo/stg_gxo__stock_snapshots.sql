with versions as (
    {{ latest_versions(source('raw_gxo', 'stock_snapshots')) }}
)

select
    id as snapshot_id,
    payload ->> '$.site' as site,
    try_cast(nullif(payload ->> '$.at', '') as timestamptz) as as_of,
    {{ units("payload ->> '$.skus'") }} as sku_count,
    {{ units("payload ->> '$.skus_at_zero'") }} as zero_count,
    observed_at,
    loaded_through
from versions
where not is_deleted
