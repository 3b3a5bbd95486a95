with versions as (
    {{ latest_versions(source('raw_newstore', 'locations')) }}
)

select
    id as node_id,
    payload ->> '$.name' as node_name,
    payload ->> '$.type' as node_type,
    coalesce(payload ->> '$.is_active' <> 'false', true) as is_active,
    {{ faults([
        each_fault_in('payload', text_fault, ['name', 'type']),
        each_fault_in('payload', flag_fault, ['is_active']),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
