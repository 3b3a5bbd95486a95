-- One row per order that a system of ours must ship: where, with which service, what, and by when.
with items as (
    select
        shop_id,
        order_id,
        system,
        location,
        item,
        count(*) as quantity
    from {{ ref('int_fulfilments__units') }}
    group by all
),

contents as (
    select
        shop_id,
        order_id,
        system,
        location,
        list({'sku': item, 'quantity': quantity} order by item) as lines,
        sum(quantity) as units
    from items
    group by all
),

services as (
    select
        orders.shop_id,
        orders.order_id,
        arg_max(services.service, services.delivery_option <> '*') as service
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    inner join {{ ref('stg_config__service_map') }} as services
        on
            services.shop_id in (orders.shop_id, '*')
            and orders.shipping_type = services.shipping_type
            and services.delivery_option in (orders.delivery_option, '*')
            and not services.is_deleted
            and cast(coalesce(orders.paid_at, orders.created_at) as date)
            between services.valid_from and services.valid_to
    group by orders.shop_id, orders.order_id
)

select
    orders.shop_id,
    orders.order_id,
    orders.order_status,
    orders.shipping_type,
    orders.is_sample,
    orders.is_replacement,
    orders.is_cancel_requested,
    contents.system,
    contents.location,
    services.service,
    contents.lines,
    contents.units,
    orders.paid_at,
    orders.ready_to_ship_due_at,
    orders.in_transit_due_at,
    orders.cancels_at,
    orders.cancelled_at,
    orders.updated_at
from {{ ref('stg_tiktok_shop__orders') }} as orders
inner join contents on orders.shop_id = contents.shop_id and orders.order_id = contents.order_id
left join services on orders.shop_id = services.shop_id and orders.order_id = services.order_id
where not orders.is_deleted
