{{ config(contract={'enforced': true}) }}

-- Which orders have units of an item allocated that have not left yet, and whether the warehouse knew of them when it
-- last reported its stock.
with in_flight as (
    select
        system,
        location,
        item,
        unnest(order_ids) as order_id
    from {{ ref('int_stock__in_flight') }}
),

waiting as (
    select
        units.item,
        units.order_id,
        units.shop_id,
        units.system,
        units.location,
        orders.order_status,
        orders.created_at,
        orders.ready_to_ship_due_at,
        count(*) as quantity
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where
        orders.order_status in ('UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION')
    group by all
)

select
    waiting.item,
    waiting.order_id,
    waiting.shop_id,
    waiting.system as fulfilment_system,
    waiting.location as fulfilment_location,
    cast(waiting.quantity as bigint) as quantity,
    waiting.order_status as status,
    in_flight.order_id is not null as is_in_flight,
    waiting.created_at,
    waiting.ready_to_ship_due_at as due_at
from waiting
left join in_flight
    on
        waiting.system = in_flight.system
        and waiting.location = in_flight.location
        and waiting.item = in_flight.item
        and waiting.order_id = in_flight.order_id
