{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('stg_tiktok_shop__orders')], 'shop_id, order_id') }}"
    )
}}

with orders as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

lines as (
    select * from {{ ref('stg_tiktok_shop__order_lines') }}
    {{ only_changed_keys('shop_id, order_id') }}
)

select
    orders.shop_id,
    orders.order_id,
    {{ id_number('orders.order_id') }} as order_number,
    lines.order_line_id,
    lines.sku_id,
    lines.seller_sku,
    orders.order_status,
    lines.line_status,
    orders.currency,
    lines.original_price_amount,
    lines.sale_price_amount,
    lines.seller_discount_amount,
    lines.platform_discount_amount,
    coalesce('CANCELLED' in (lines.line_status, orders.order_status), false) as is_cancelled,
    orders.is_sample,
    orders.created_at,
    orders.paid_at,
    orders.delivered_at,
    orders.observed_at,
    orders.loaded_through
from orders
inner join lines using (shop_id, order_id)
where not orders.is_deleted and len(orders.faults) = 0 and len(lines.faults) = 0
