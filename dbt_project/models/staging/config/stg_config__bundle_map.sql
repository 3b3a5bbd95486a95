with versions as (
    {{ latest_versions(source('raw_config', 'bundle_map')) }}
)

select
    id as bundle_map_id,
    payload ->> '$.bundle' as bundle,
    payload ->> '$.component' as component,
    case
        when {{ units("payload ->> '$.quantity'") }} between 1 and 10000 then {{ units("payload ->> '$.quantity'") }}
    end as quantity,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
