with versions as (
    {{ latest_versions(source('raw_config', 'sku_map')) }}
)

select
    id as sku_map_id,
    payload ->> '$.shop_id' as shop_id,
    payload ->> '$.seller_sku' as seller_sku,
    payload ->> '$.item' as item,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    observed_at,
    loaded_through
from versions
