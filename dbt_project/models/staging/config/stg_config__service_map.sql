with versions as (
    {{ latest_versions(source('raw_config', 'service_map')) }}
)

select
    id as service_map_id,
    payload ->> '$.shop_id' as shop_id,
    payload ->> '$.shipping_type' as shipping_type,
    payload ->> '$.delivery_option' as delivery_option,
    payload ->> '$.service' as service,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
