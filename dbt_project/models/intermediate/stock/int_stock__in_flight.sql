-- Units sold on TikTok Shop, by whether the system of record knew of their order when its stock was taken. What it did
-- not know comes off what it says is available; what it knew and has not shipped comes off what is on its shelves. A
-- bundle that has no stock of its own is its parts, whoever sells them. Units that a system has and promises no stock
-- to are not known to it.
with parts as (
    select
        compositions.system,
        levels.location,
        compositions.bundle,
        compositions.component,
        compositions.quantity
    from {{ ref('int_items__compositions_reported') }} as compositions
    inner join {{ ref('int_stock__levels_reported') }} as levels
        on compositions.system = levels.system and compositions.bundle = levels.item
    where levels.on_hand_quantity is null and compositions.component is not null and compositions.quantity > 0
),

waiting as (
    select
        system,
        order_id,
        line.sku as item,
        sum(line.quantity) as quantity
    from (
        select
            system,
            order_id,
            unnest(waiting_lines) as line
        from {{ ref('int_fulfilments__orders_known') }}
    ) as lines
    group by system, order_id, line.sku
),

units as (
    select
        units.system,
        units.location,
        units.item,
        units.order_id,
        orders.order_status in (
            'UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION'
        ) as is_open,
        count(*) as quantity
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status <> 'CANCELLED'
    group by all
),

timed as (
    select
        units.*,
        coalesce(known.has_left, false) as has_left,
        case
            when known.known_at is null then units.is_open
            else coalesce(known.known_at > newest.as_of, true)
        end as is_in_flight
    from units
    inner join {{ ref('int_stock__snapshots') }} as newest
        on units.system = newest.system and units.location = newest.location
    left join {{ ref('int_fulfilments__orders_known') }} as known
        on units.system = known.system and units.order_id = known.order_id
),

split as (
    select
        timed.* exclude (quantity),
        case
            when timed.is_in_flight then timed.quantity
            when timed.is_open then least(timed.quantity, coalesce(waiting.quantity, 0))
            else 0
        end as in_flight,
        timed.quantity
    from timed
    left join waiting
        on timed.system = waiting.system and timed.order_id = waiting.order_id and timed.item = waiting.item
),

classified as (
    select
        split.system,
        split.location,
        split.order_id,
        coalesce(parts.component, split.item) as item,
        split.in_flight * coalesce(parts.quantity, 1) as in_flight,
        if(split.is_open and not split.has_left, split.quantity - split.in_flight, 0) * coalesce(parts.quantity, 1)
            as known
    from split
    left join parts
        on split.system = parts.system and split.location = parts.location and split.item = parts.bundle
)

select
    system,
    location,
    item,
    cast(sum(in_flight) as integer) as in_flight_quantity,
    cast(sum(known) as integer) as known_quantity,
    coalesce(list(distinct order_id order by order_id) filter (where in_flight > 0), []) as order_ids
from classified
where in_flight > 0 or known > 0
group by system, location, item
