with versions as (
    {{ latest_versions(source('raw_tieout', 'quarantine')) }}
)

select
    id as quarantine_id,
    payload ->> '$.system' as system,
    payload ->> '$.entity' as entity,
    coalesce(nullif(payload ->> '$.shop_id', ''), shop_id) as shop_id,
    payload ->> '$.record_id' as record_id,
    coalesce(payload ->> '$.parent_id', '') as parent_id,
    coalesce(payload ->> '$.field', '') as field,
    coalesce(payload ->> '$.value', '') as field_value,
    coalesce(payload ->> '$.reason', '') as reason,
    coalesce(payload ->> '$.remedy', '') as remedy,
    observed_at,
    loaded_through
from versions
where not is_deleted
