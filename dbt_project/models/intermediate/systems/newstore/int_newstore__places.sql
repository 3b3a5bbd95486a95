-- The fulfilment nodes of each location of locations.csv: one, or several joined by +, which ship and count as one.
with mapped as (
    select
        location,
        unnest(list_distinct(list_transform(string_split(location, '+'), lambda node: trim(node)))) as node_id
    from {{ ref('stg_config__location_map') }}
    where system = 'newstore' and not is_deleted
)

select
    location,
    node_id,
    count(*) over (partition by location) as node_count
from (select distinct * from mapped) as places
