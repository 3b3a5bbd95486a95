{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- An item that is sold without being counted has no figure; a bundle without stock of its own has what its components
-- allow, and nothing on the shelf.
select
    levels.location,
    levels.sku as item,
    case when levels.is_tracked then levels.on_hand_quantity end as on_hand_quantity,
    0 as on_hold_quantity,
    levels.available_quantity,
    newest.snapshot_id,
    levels.as_of,
    levels.observed_at
from {{ ref('stg_linnworks__stock_levels') }} as levels
inner join {{ ref('int_stock__snapshots') }} as newest
    on newest.system = 'linnworks' and levels.location = newest.location and newest.snapshot_id is not null
where levels.is_tracked or levels.is_composite
