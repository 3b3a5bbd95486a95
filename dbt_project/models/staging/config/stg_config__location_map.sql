with versions as (
    {{ latest_versions(source('raw_config', 'location_map')) }}
)

select
    id as location_map_id,
    payload ->> '$.shop_id' as shop_id,
    payload ->> '$.warehouse_id' as warehouse_id,
    payload ->> '$.system' as system,
    payload ->> '$.location' as location,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
