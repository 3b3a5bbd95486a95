-- What a site has said to be on hand, first and last, against everything it has said to have moved in between. Units
-- that no message explains stay unexplained until one comes, or until they are back.
with levels as (
    select
        latest.site as location,
        latest.sku as item,
        opening.opened_at,
        opening.opening_quantity,
        latest.as_of,
        latest.on_hand_quantity,
        latest.snapshot_id
    from {{ ref('stg_gxo__stock_levels') }} as latest
    inner join {{ ref('stg_gxo__opening_stock_levels') }} as opening using (stock_level_id)
    where latest.on_hand_quantity is not null and opening.is_counted
),

shipped as (
    select
        site as location,
        first_observed_at as reported_at,
        cast(shipped_on as timestamptz) as day_starts_at,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
),

movements as (
    select
        site as location,
        sku as item,
        movement_type,
        on_hand_change,
        reported_at,
        day_starts_at
    from {{ ref('stg_gxo__stock_movements') }}
    union all
    select
        location,
        line.sku as item,
        'shipment' as movement_type,
        -line.shipped as on_hand_change,
        reported_at,
        day_starts_at
    from shipped
    where line.shipped > 0
),

-- A message has a day and no time: the file's own instant decides on which side of a snapshot it is. One that comes
-- late belongs to the day it names.
rolled as (
    select
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
            levels.location = movements.location
            and levels.item = movements.item
            and levels.opened_at < movements.reported_at
            and coalesce(levels.opened_at < movements.day_starts_at + interval 1 day, true)
            and (
                levels.as_of >= movements.reported_at
                or levels.as_of >= movements.day_starts_at + interval 1 day
            )
    group by levels.location, levels.item
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
    inner join rolled using (location, item)
)

select
    if(on_hand_quantity = rolled_quantity, 'matched', 'mismatched') as status,
    'gxo' as system,
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
