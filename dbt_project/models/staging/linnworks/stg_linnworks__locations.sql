with versions as (
    {{ latest_versions(source('raw_linnworks', 'locations')) }}
)

select
    id as location_id,
    payload ->> '$.LocationName' as location,
    coalesce(payload ->> '$.IsFulfillmentCenter' = 'true', false) as is_fulfilment_centre,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
