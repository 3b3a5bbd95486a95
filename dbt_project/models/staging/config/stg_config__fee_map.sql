with versions as (
    {{ latest_versions(source('raw_config', 'fee_map')) }}
)

select
    id as fee_map_id,
    payload ->> '$.region' as region,
    payload ->> '$.fee_key' as fee_key,
    payload ->> '$.line_class' as line_class,
    coalesce(payload ->> '$.sign_note', '') as sign_note,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    coalesce(payload ->> '$.needs_owner', '') = 'yes' as needs_owner,
    is_deleted,
    loaded_through
from versions
