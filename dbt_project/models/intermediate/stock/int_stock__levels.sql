{{ config(materialized=atomic_view()) }}

-- What the system of record holds of each item: its newest snapshot and the movements reported since. What lowers stock
-- counts as soon as it is reported. What raises it counts only when its own day began after the snapshot: X12 gives
-- movements no time, and a receipt that the snapshot holds already would be sold twice.
with newest as (
    select * from {{ ref('int_stock__snapshots') }}
    where snapshot_id is not null
),

-- Of shipments `int_stock__in_flight` takes what the snapshot missed.
changes as (
    select
        movements.system,
        movements.location,
        movements.item,
        movements.on_hand_change,
        movements.available_change
    from {{ ref('int_stock__movements') }} as movements
    inner join newest on movements.system = newest.system and movements.location = newest.location
    where
        movements.reported_at > newest.as_of
        and (
            movements.movement_type = 'shipment'
            or movements.day_starts_at >= newest.as_of
            or (
                movements.available_change < 0
                and coalesce(movements.day_starts_at + interval 1 day > newest.as_of, true)
            )
        )
),

changed as (
    select
        system,
        location,
        item,
        sum(on_hand_change) as on_hand_change,
        sum(available_change) as available_change
    from changes
    group by system, location, item
),

-- A bundle without stock of its own has what is left of its parts, whoever sold those that are in flight.
parts as (
    select
        compositions.system,
        parts.location,
        compositions.bundle,
        min(floor(
            (
                parts.available_quantity + coalesce(changed.available_change, 0)
                - coalesce(in_flight.in_flight_quantity, 0)
            ) / compositions.quantity
        )) as available_quantity
    from {{ ref('int_items__compositions_reported') }} as compositions
    inner join {{ ref('int_stock__levels_reported') }} as parts
        on compositions.system = parts.system and compositions.component = parts.item
    left join changed
        on parts.system = changed.system and parts.location = changed.location and parts.item = changed.item
    left join {{ ref('int_stock__in_flight') }} as in_flight
        on parts.system = in_flight.system and parts.location = in_flight.location and parts.item = in_flight.item
    where compositions.quantity > 0
    group by compositions.system, parts.location, compositions.bundle
)

select
    reported.system,
    reported.location,
    reported.item,
    cast(reported.on_hand_quantity + coalesce(changed.on_hand_change, 0) as integer) as on_hand_quantity,
    reported.on_hold_quantity,
    cast(
        case
            when reported.on_hand_quantity is null and reported.available_quantity is not null
                then
                    least(
                        reported.available_quantity + coalesce(changed.available_change, 0), parts.available_quantity
                    )
            else reported.available_quantity + coalesce(changed.available_change, 0)
        end as integer
    ) as available_quantity,
    reported.as_of,
    reported.snapshot_id,
    reported.observed_at,
    coalesce(reported.snapshot_id = newest.snapshot_id and newest.held_because = '', false) as is_current,
    case
        when coalesce(newest.held_because, '') <> '' then newest.held_because
        when coalesce(reported.snapshot_id <> newest.snapshot_id, true)
            then 'INV-12: the newest snapshot of ' || reported.location || ' does not name ' || reported.item
        when reported.available_quantity is null
            then 'INV-12: the newest snapshot of ' || reported.location || ' gives no quantity of ' || reported.item
        else ''
    end as held_because
from {{ ref('int_stock__levels_reported') }} as reported
left join newest on reported.system = newest.system and reported.location = newest.location
left join changed
    on reported.system = changed.system and reported.location = changed.location and reported.item = changed.item
left join parts
    on reported.system = parts.system and reported.location = parts.location and reported.item = parts.bundle
