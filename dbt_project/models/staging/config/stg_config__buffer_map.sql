with versions as (
    {{ latest_versions(source('raw_config', 'buffer_map')) }}
)

select
    id as buffer_map_id,
    payload ->> '$.shop_id' as shop_id,
    payload ->> '$.seller_sku' as item,
    {{ units("payload ->> '$.units'") }} as buffer_units,
    {{ units("payload ->> '$.percent'") }} as buffer_percent,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
