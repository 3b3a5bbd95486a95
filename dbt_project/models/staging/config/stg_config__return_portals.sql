with versions as (
    {{ latest_versions(source('raw_config', 'return_portals')) }}
)

select
    id as return_portal_id,
    payload ->> '$.system' as system,
    payload ->> '$.shop_id' as shop_id,
    coalesce({{ units("payload ->> '$.mirror_after_minutes'") }}, 5) as mirror_after_minutes,
    is_deleted,
    loaded_through
from versions
