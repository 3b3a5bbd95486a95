-- The fulfilment nodes of each location of locations.csv: one, or several joined by +, which ship and count as one.
with mapped as (
    select distinct
        location,
        unnest(string_split(location, '+')) as node_id
    from {{ ref('stg_config__location_map') }}
    where system = 'newstore' and not is_deleted
)

select
    location,
    trim(node_id) as node_id,
    count(*) over (partition by location) as node_count
from mapped
