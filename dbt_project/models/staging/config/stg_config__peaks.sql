with versions as (
    {{ latest_versions(source('raw_config', 'peaks')) }}
)

select
    id as peak_id,
    payload ->> '$.shop_id' as shop_id,
    payload ->> '$.name' as peak_name,
    try_cast(payload ->> '$.starts_at' as timestamptz) as starts_at,
    try_cast(payload ->> '$.ends_at' as timestamptz) as ends_at,
    {{ units("payload ->> '$.buffer_units'") }} as buffer_units,
    {{ units("payload ->> '$.buffer_percent'") }} as buffer_percent,
    {{ units("payload ->> '$.cadence_minutes'") }} as cadence_minutes,
    is_deleted,
    loaded_through
from versions
