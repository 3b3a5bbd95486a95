{{ config(contract={'enforced': true}) }}

{%- set kept_days = 14 %}

-- What the warehouses said of each item in the last days: snapshots that say something new, and movements.
with horizon as (
    select
        system,
        max(as_of) - interval {{ kept_days }} day as kept_from
    from {{ ref('int_stock__snapshots_reported') }}
    group by system
)

select
    item,
    location,
    'snapshot' as entry_type,
    snapshot_id as entry_id,
    cast(null as varchar) as order_id,
    '' as reason_code,
    cast(null as bigint) as on_hand_change,
    on_hand_quantity,
    available_quantity,
    reported_at
from {{ ref('int_stock__history') }}
union all
select
    movements.item,
    movements.location,
    movements.movement_type as entry_type,
    movements.movement_id as entry_id,
    movements.order_id,
    movements.reason_code,
    movements.on_hand_change,
    cast(null as bigint) as on_hand_quantity,
    cast(null as bigint) as available_quantity,
    movements.reported_at
from {{ ref('int_stock__movements') }} as movements
inner join horizon on movements.system = horizon.system
where movements.reported_at >= horizon.kept_from
