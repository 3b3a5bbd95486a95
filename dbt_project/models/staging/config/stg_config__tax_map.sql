with versions as (
    {{ latest_versions(source('raw_config', 'tax_map')) }}
)

select
    id as tax_map_id,
    payload ->> '$.shop_id' as map_shop_id,
    payload ->> '$.line_class' as line_class,
    payload ->> '$.treatment' as treatment,
    try_cast(nullif(payload ->> '$.rate', '') as decimal(7, 4)) as rate,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
