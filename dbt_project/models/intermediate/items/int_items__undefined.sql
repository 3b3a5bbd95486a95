-- Combined SKUs of TikTok Shop for which our map names no components, and the orders that wait for them.
with waiting as (
    select
        units.shop_id,
        units.item,
        count(*) as orders,
        sum(orders.total_amount) as amount,
        any_value(orders.currency) as currency,
        min(orders.ready_to_ship_due_at) as due_at
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status in ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING') and units.unit_number = 1
    group by units.shop_id, units.item
)

select
    listed.shop_id,
    listed.sku_id,
    any_value(listed.product_id) as product_id,
    any_value(listed.seller_sku) as seller_sku,
    any_value(listed.item) as item,
    coalesce(any_value(waiting.orders), 0) as waiting_orders,
    coalesce(any_value(waiting.amount), 0) as orders_amount,
    any_value(waiting.currency) as currency,
    any_value(waiting.due_at) as due_at
from {{ ref('int_stock__listed') }} as listed
left join waiting on listed.shop_id = waiting.shop_id and listed.item = waiting.item
where listed.is_combined and not listed.is_bundle and listed.item <> ''
group by listed.shop_id, listed.sku_id
