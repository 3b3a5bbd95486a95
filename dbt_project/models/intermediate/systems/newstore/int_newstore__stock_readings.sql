{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    places.node_id as location_id,
    places.location,
    snapshots.as_of
from {{ ref('int_newstore__places') }} as places
inner join {{ ref('stg_newstore__stock_snapshots') }} as snapshots on places.node_id = snapshots.node_id
