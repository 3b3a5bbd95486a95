{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with lines as (
    select
        location,
        snapshot_id,
        as_of,
        observed_at,
        unnest(lines) as line
    from {{ ref('stg_shelfwise__stock_reports') }}
    where is_newest and not is_deleted and as_of is not null
)

select
    location,
    line.item,
    line.on_hand as on_hand_quantity,
    0 as on_hold_quantity,
    line.on_hand - coalesce(line.reserved, 0) as available_quantity,
    snapshot_id,
    as_of,
    observed_at
from lines
