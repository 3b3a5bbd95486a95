-- Units that orders took out of the listed stock of each SKU, those of a combined SKU out of its components, and when
-- they were given back. The platform's own warehouses list nothing of ours.
with parts as (
    select
        combined.shop_id,
        combined.sku_id as bought_sku_id,
        component.sku_id,
        combined.part.quantity as units
    from (
        select
            shop_id,
            sku_id,
            unnest(combined) as part
        from {{ ref('stg_tiktok_shop__skus') }}
        where not is_deleted
    ) as combined
    inner join {{ ref('stg_tiktok_shop__skus') }} as component
        on
            combined.shop_id = component.shop_id
            and combined.part.seller_sku = component.seller_sku
            and not component.is_deleted
),

-- A cancellation may say that its units are not for sale again (fact sheet tiktok_shop 6.5).
cancelled as (
    select
        shop_id,
        order_id,
        bool_and(replenishes_stock) as is_given_back
    from {{ ref('stg_tiktok_shop__cancellations') }}
    where not is_deleted
    group by shop_id, order_id
)

select
    orders.shop_id,
    orders.warehouse_id,
    coalesce(parts.sku_id, lines.sku_id) as sku_id,
    lines.order_id,
    lines.order_line_id,
    coalesce(parts.units, 1) as units,
    orders.created_at,
    case
        when orders.order_status = 'CANCELLED' and coalesce(cancelled.is_given_back, true) then orders.cancelled_at
    end as given_back_at,
    (orders.order_status = 'CANCELLED' and not coalesce(cancelled.is_given_back, true))
    or (orders.order_status <> 'CANCELLED' and lines.line_status = 'CANCELLED') as is_maybe_given_back
from {{ ref('stg_tiktok_shop__order_lines') }} as lines
inner join {{ ref('stg_tiktok_shop__orders') }} as orders
    on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id and not orders.is_deleted
left join cancelled on lines.shop_id = cancelled.shop_id and lines.order_id = cancelled.order_id
left join parts on lines.shop_id = parts.shop_id and lines.sku_id = parts.bought_sku_id
where orders.fulfillment_type <> 'FULFILLMENT_BY_TIKTOK'
