{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Several nodes are a location as soon as there is each of them.
with nodes as (
    select node_id from {{ ref('stg_newstore__locations') }}
    where is_active and not is_deleted
)

select node_id as location from nodes
union
select places.location
from {{ ref('int_newstore__places') }} as places
left join nodes on places.node_id = nodes.node_id
group by places.location
having count(*) = count(nodes.node_id)
