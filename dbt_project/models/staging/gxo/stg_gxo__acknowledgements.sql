with versions as (
    {{ latest_versions(source('raw_gxo', 'functional_acknowledgements')) }}
)

select
    id as acknowledgement_id,
    payload ->> '$.functional_id' as functional_id,
    payload ->> '$.group_control_number' as group_control_number,
    payload ->> '$.status' as status,
    payload -> '$.sets' as sets,
    observed_at,
    loaded_through
from versions
where not is_deleted
