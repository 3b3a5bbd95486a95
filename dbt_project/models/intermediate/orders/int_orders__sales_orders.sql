-- The sales orders that systems which ship keep of TikTok Shop's orders, with what they come to. One that somebody else
-- entered is of the shop that has the order.
with held as (
    {{ united('order_values') }}
),

orders as (
    select
        order_id,
        any_value(shop_id) as shop_id
    from {{ ref('stg_tiktok_shop__orders') }}
    group by order_id
)

select
    held.system,
    coalesce(held.shop_id, orders.shop_id) as shop_id,
    held.order_id,
    held.document_id,
    held.total_amount,
    held.currency,
    held.is_closed,
    held.edit
from held
left join orders on held.order_id = orders.order_id
