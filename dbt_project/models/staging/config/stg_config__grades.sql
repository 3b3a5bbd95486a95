with versions as (
    {{ latest_versions(source('raw_config', 'grades')) }}
)

select
    id as grade_map_id,
    payload ->> '$.system' as system,
    payload ->> '$.condition' as condition,
    payload ->> '$.disposition' as disposition,
    payload ->> '$.is_sellable' = 'yes' as is_sellable,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
