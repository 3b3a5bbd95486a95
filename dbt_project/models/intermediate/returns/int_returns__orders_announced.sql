-- Orders of open returns as they are sent to a portal, in items as warehouses count them. The price of a bundle is
-- spread over its parts in whole minor units, the first ones taking what is left. One row per order.
with returned as (
    select distinct
        shop_id,
        order_id
    from {{ ref('int_returns__returns') }}
    where has_goods and stage in ('requested', 'offered', 'approved', 'shipped')
),

lines as (
    select
        lines.shop_id,
        lines.order_id,
        lines.order_line_id,
        coalesce(skus.item, nullif(lines.seller_sku, '')) as item,
        cast(coalesce(lines.sale_price_amount, 0) * 100 as bigint) as price_minor,
        cast(coalesce(lines.paid_at, lines.created_at) as date) as on_day,
        lines.created_at
    from {{ ref('int_orders__lines') }} as lines
    semi join returned on lines.shop_id = returned.shop_id and lines.order_id = returned.order_id
    left join {{ ref('stg_config__sku_map') }} as skus
        on
            lines.shop_id = skus.shop_id
            and lines.seller_sku = skus.seller_sku
            and cast(coalesce(lines.paid_at, lines.created_at) as date) between skus.valid_from and skus.valid_to
            and not skus.is_deleted
    where not lines.is_cancelled
),

split as (
    {{ split_bundles('lines') }}
),

placed as (
    select
        *,
        count(*) over line_units as units_of_line,
        row_number() over (line_units order by item, copy_number) as place
    from split
    window line_units as (partition by shop_id, order_id, order_line_id)
)

select
    shop_id,
    order_id,
    min(created_at) as ordered_at,
    list(
        {
            'price': {{ money_text(
                'cast(price_minor // units_of_line + cast(place <= price_minor % units_of_line as integer) as decimal(18, 4))'
                ' / 100'
            ) }},
            'sku': item
        }
        order by order_line_id, place
    ) as lines
from placed
group by shop_id, order_id
