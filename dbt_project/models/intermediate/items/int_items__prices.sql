-- What the newest order paid for a unit of each SKU.
select
    lines.shop_id,
    lines.sku_id,
    arg_max(lines.sale_price_amount, {'at': orders.created_at, 'line': lines.order_line_id}) as sale_price_amount,
    arg_max(lines.currency, {'at': orders.created_at, 'line': lines.order_line_id}) as currency
from {{ ref('stg_tiktok_shop__order_lines') }} as lines
inner join {{ ref('stg_tiktok_shop__orders') }} as orders
    on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id
where not orders.is_deleted and lines.sale_price_amount > 0
group by lines.shop_id, lines.sku_id
