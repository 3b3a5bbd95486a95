with versions as (
    {{ latest_versions(source('raw_config', 'cost_map')) }}
)

select
    id as cost_map_id,
    payload ->> '$.item' as item,
    try_cast(payload ->> '$.cost' as decimal(18, 4)) as unit_cost_amount,
    payload ->> '$.currency' as currency,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
