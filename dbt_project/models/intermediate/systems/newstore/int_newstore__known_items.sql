{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select distinct
    places.location,
    levels.product_id as item
from {{ ref('stg_newstore__availabilities') }} as levels
inner join {{ ref('int_newstore__places') }} as places on levels.node_id = places.node_id
where not levels.is_deleted
