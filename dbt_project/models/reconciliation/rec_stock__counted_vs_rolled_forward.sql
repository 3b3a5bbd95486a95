-- What a site has said to be on hand, first and last, against everything it has said to have moved in between. Units
-- that no message explains stay unexplained until one comes, or until they are back.
with levels as (
    select * from {{ ref('int_stock__counts') }}
),

movements as (
    select * from {{ ref('int_stock__movements') }}
),

-- A message has a day and no time: the file's own instant decides on which side of a snapshot it is. One that comes
-- late belongs to the day it names.
rolled as (
    select
        levels.system,
        levels.location,
        levels.item,
        coalesce(sum(movements.on_hand_change) filter (where movements.movement_type = 'receipt'), 0)
            as received_quantity,
        coalesce(sum(movements.on_hand_change) filter (where movements.movement_type = 'adjustment'), 0)
            as adjusted_quantity,
        coalesce(-sum(movements.on_hand_change) filter (where movements.movement_type = 'shipment'), 0)
            as shipped_quantity
    from levels
    left join movements
        on
            levels.system = movements.system
            and levels.location = movements.location
            and levels.item = movements.item
            and levels.opened_at < movements.reported_at
            and coalesce(levels.opened_at < movements.day_starts_at + interval 1 day, true)
            and (
                levels.as_of >= movements.reported_at
                or levels.as_of >= movements.day_starts_at + interval 1 day
            )
    group by levels.system, levels.location, levels.item
),

compared as (
    select
        levels.*,
        cast(rolled.received_quantity as bigint) as received_quantity,
        cast(rolled.adjusted_quantity as bigint) as adjusted_quantity,
        cast(rolled.shipped_quantity as bigint) as shipped_quantity,
        cast(
            levels.opening_quantity + rolled.received_quantity + rolled.adjusted_quantity - rolled.shipped_quantity
            as bigint
        ) as rolled_quantity
    from levels
    inner join rolled using (system, location, item)
)

select
    if(on_hand_quantity = rolled_quantity, 'matched', 'mismatched') as status,
    system,
    location,
    item,
    opened_at,
    opening_quantity,
    received_quantity,
    adjusted_quantity,
    shipped_quantity,
    rolled_quantity,
    on_hand_quantity,
    on_hand_quantity - rolled_quantity as unexplained_quantity,
    as_of,
    snapshot_id
from compared
