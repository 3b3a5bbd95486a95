with versions as (
    {{ latest_versions(source('raw_linnworks', 'locations')) }}
)

select
    id as location_id,
    payload ->> '$.LocationName' as location,
    coalesce(payload ->> '$.IsFulfillmentCenter' = 'true', false) as is_fulfilment_centre,
    {{ faults([
        each_fault_in('payload', text_fault, ['LocationName']),
        each_fault_in('payload', flag_fault, ['IsFulfillmentCenter']),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
