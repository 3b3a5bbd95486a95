with versions as (
    {{ latest_versions(source('raw_zigzag', 'reasons')) }}
)

select
    id as reason_code,
    coalesce(payload ->> '$.text', '') as description,
    {{ faults([each_fault_in('payload', text_fault, ['code', 'text'])]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
