{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- What can be promised is what lies there less what is promised, reserved and kept back, and may be below zero: what
-- one node lacks, none of the others can make up for. How much lies there NewStore does not export.
select
    places.location,
    levels.product_id as item,
    cast(null as integer) as on_hand_quantity,
    0 as on_hold_quantity,
    cast(
        case when count(*) = count(levels.promisable_quantity) then sum(greatest(levels.promisable_quantity, 0)) end
        as integer
    ) as available_quantity,
    newest.snapshot_id,
    newest.as_of,
    max(levels.observed_at) as observed_at
from {{ ref('int_newstore__places') }} as places
inner join {{ ref('int_stock__snapshots') }} as newest
    on newest.system = 'newstore' and places.location = newest.location and newest.snapshot_id is not null
inner join {{ ref('stg_newstore__availabilities') }} as levels on places.node_id = levels.node_id
where not levels.is_deleted
group by places.location, levels.product_id, newest.snapshot_id, newest.as_of
