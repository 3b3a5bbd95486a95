-- One row per warehouse order that a fulfilment system holds for a TikTok order: what it says of it, and how far it is.
with orders as (
    select
        order_id,
        any_value(shop_id) as shop_id
    from {{ ref('stg_tiktok_shop__orders') }}
    group by order_id
),

warehouse_orders as (
    {{ united('warehouse_orders') }}
)

select
    orders.shop_id,
    warehouse_orders.order_id,
    warehouse_orders.system,
    warehouse_orders.warehouse_order_id,
    warehouse_orders.reference,
    warehouse_orders.is_merged,
    warehouse_orders.location,
    warehouse_orders.warehouse_status,
    warehouse_orders.accepted_at,
    warehouse_orders.shipped_at,
    warehouse_orders.cancelled_at,
    warehouse_orders.lines,
    coalesce(list_sum(list_transform(warehouse_orders.lines, lambda line: line.quantity)), 0) as units,
    warehouse_orders.first_observed_at,
    warehouse_orders.observed_at
from warehouse_orders
left join orders on warehouse_orders.order_id = orders.order_id
