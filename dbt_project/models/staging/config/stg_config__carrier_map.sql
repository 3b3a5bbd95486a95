with versions as (
    {{ latest_versions(source('raw_config', 'carrier_map')) }}
)

select
    id as carrier_map_id,
    payload ->> '$.system' as system,
    payload ->> '$.carrier' as carrier,
    payload ->> '$.region' as region,
    payload ->> '$.provider_id' as provider_id,
    payload ->> '$.provider_name' as provider_name,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
