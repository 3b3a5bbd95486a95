with versions as (
    {{ latest_versions(source('raw_config', 'return_windows')) }}
)

select
    id as return_window_id,
    payload ->> '$.shop_id' as map_shop_id,
    payload ->> '$.kind' as kind,
    {{ units("payload ->> '$.days'") }} as window_days,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
