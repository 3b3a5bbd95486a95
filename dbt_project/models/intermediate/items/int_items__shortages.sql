-- Items of which TikTok Shop has sold more than a location can ship, and the newest orders, which will go without.
with shipped as (
    select
        system,
        order_id,
        item,
        sum(quantity) as quantity
    from {{ ref('int_shipments__contents') }}
    group by system, order_id, item
),

asked as (
    select
        units.system,
        units.location,
        units.item,
        units.shop_id,
        units.order_id,
        orders.created_at,
        orders.total_amount,
        orders.currency,
        orders.ready_to_ship_due_at,
        count(*) as quantity
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status in ('UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
    group by all
),

waiting as (
    select
        asked.* exclude (quantity),
        asked.quantity - coalesce(shipped.quantity, 0) as quantity
    from asked
    left join shipped
        on asked.system = shipped.system and asked.order_id = shipped.order_id and asked.item = shipped.item
    where asked.quantity > coalesce(shipped.quantity, 0)
),

owed as (
    select
        system,
        location,
        item,
        sum(quantity) as owed_quantity
    from waiting
    group by system, location, item
),

-- Either the shelf holds less than is owed, or the warehouse has less free than orders still in flight need.
short as (
    select
        levels.system,
        levels.location,
        levels.item,
        levels.as_of,
        levels.available_quantity,
        owed.owed_quantity,
        levels.on_hand_quantity - coalesce(levels.on_hold_quantity, 0) as sound_quantity,
        greatest(
            owed.owed_quantity - (levels.on_hand_quantity - coalesce(levels.on_hold_quantity, 0)),
            coalesce(in_flight.in_flight_quantity, 0) - greatest(levels.available_quantity, 0)
        ) - coalesce(arriving.quantity, 0) as short_quantity
    from owed
    inner join {{ ref('int_stock__levels') }} as levels
        on owed.system = levels.system and owed.location = levels.location and owed.item = levels.item
    left join {{ ref('int_stock__in_flight') }} as in_flight
        on owed.system = in_flight.system and owed.location = in_flight.location and owed.item = in_flight.item
    left join {{ ref('int_items__open_receipts') }} as arriving
        on owed.system = arriving.system and owed.location = arriving.location and owed.item = arriving.item
    where levels.is_current
),

ranked as (
    select
        *,
        sum(quantity) over (
            partition by system, location, item
            order by created_at desc, order_id desc
            rows between unbounded preceding and current row
        ) - quantity as newer_quantity
    from waiting
)

select
    short.system,
    short.location,
    short.item,
    short.short_quantity,
    short.owed_quantity,
    short.sound_quantity,
    short.available_quantity,
    short.as_of,
    min(ranked.shop_id) as shop_id,
    list(ranked.order_id order by ranked.created_at desc, ranked.order_id desc) as order_ids,
    sum(ranked.total_amount) as orders_amount,
    any_value(ranked.currency) as currency,
    min(ranked.ready_to_ship_due_at) as due_at
from short
inner join ranked
    on
        short.system = ranked.system
        and short.location = ranked.location
        and short.item = ranked.item
        and short.short_quantity > ranked.newer_quantity
where short.short_quantity > 0
group by all
