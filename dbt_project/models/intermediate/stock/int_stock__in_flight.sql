-- Units sold on TikTok Shop, by whether the system of record knew of their order when its stock was taken. What it did
-- not know comes off what it says is available; what it knew and has not shipped comes off what is on its shelves.
with units as (
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

classified as (
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
)

select
    system,
    location,
    item,
    cast(coalesce(sum(quantity) filter (where is_in_flight), 0) as integer) as in_flight_quantity,
    cast(coalesce(sum(quantity) filter (where not is_in_flight), 0) as integer) as known_quantity,
    coalesce(list(order_id order by order_id) filter (where is_in_flight), []) as order_ids
from classified
where is_in_flight or (is_open and not has_left)
group by system, location, item
