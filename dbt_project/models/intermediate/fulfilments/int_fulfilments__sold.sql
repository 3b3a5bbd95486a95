-- Every line item that a system of ours has to ship, or had to before it was cancelled, split into the units of the
-- items that its warehouse knows. Units are numbered among those that are cancelled, and among those that are not.
with orders as (
    select
        *,
        cast(coalesce(paid_at, created_at) as date) as on_day
    from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted and fulfillment_type <> 'FULFILLMENT_BY_TIKTOK'
),

lines as (
    select
        orders.shop_id,
        orders.order_id,
        lines.order_line_id,
        lines.seller_sku,
        locations.system,
        locations.location,
        coalesce(skus.item, lines.seller_sku) as item,
        coalesce(lines.line_status = 'CANCELLED', false) as is_cancelled,
        orders.on_day
    from orders
    inner join {{ ref('stg_tiktok_shop__order_lines') }} as lines
        on orders.shop_id = lines.shop_id and orders.order_id = lines.order_id
    inner join {{ ref('stg_config__location_map') }} as locations
        on
            orders.shop_id = locations.shop_id
            and orders.warehouse_id = locations.warehouse_id
            and not locations.is_deleted
            and orders.on_day between locations.valid_from and locations.valid_to
    left join {{ ref('stg_config__sku_map') }} as skus
        on
            lines.shop_id = skus.shop_id
            and lines.seller_sku = skus.seller_sku
            and not skus.is_deleted
            and orders.on_day between skus.valid_from and skus.valid_to
),

split as (
    {{ split_bundles('lines') }}
)

select
    shop_id,
    order_id,
    order_line_id,
    system,
    location,
    item,
    is_cancelled,
    row_number() over (
        partition by shop_id, order_id, item, is_cancelled order by order_line_id asc, copy_number asc
    ) as unit_number
from split
