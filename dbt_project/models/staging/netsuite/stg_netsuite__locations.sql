with versions as (
    {{ latest_versions(source('raw_netsuite', 'locations')) }}
)

select
    id as location_id,
    coalesce(payload ->> '$.fullname', payload ->> '$.name') as location_name,
    coalesce(payload ->> '$.isinactive' = 'T', false) as is_inactive,
    {{ faults([
        each_fault_in('payload', text_fault, ['name', 'fullname']),
        flag_fault('isinactive', "(payload ->> '$.isinactive')", words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
