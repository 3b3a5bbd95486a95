{{ config(materialized=atomic_view()) }}

-- A level holds as of when its location was last read whole, however long ago it changed.
select
    levels.stock_level_id,
    snapshots.location,
    levels.sku,
    levels.on_hand_quantity,
    levels.available_quantity,
    levels.in_order_quantity,
    levels.is_composite,
    levels.is_tracked,
    snapshots.as_of,
    levels.observed_at,
    greatest(levels.loaded_through, snapshots.loaded_through) as loaded_through
from {{ ref('stg_linnworks__stock_level_rows') }} as levels
inner join {{ ref('stg_linnworks__stock_snapshots') }} as snapshots on levels.location_id = snapshots.location_id
where not levels.is_deleted
