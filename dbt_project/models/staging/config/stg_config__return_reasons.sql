with versions as (
    {{ latest_versions(source('raw_config', 'return_reasons')) }}
)

select
    id as return_reason_map_id,
    payload ->> '$.system' as system,
    payload ->> '$.code' as code,
    payload ->> '$.reason' as reason,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
