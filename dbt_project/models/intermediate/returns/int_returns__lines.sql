{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns() }}"
    )
}}

-- One row per line of a return on TikTok Shop: what was sold, and what its refund costs the seller. Who refunds the
-- whole price of a line loses what the platform had added to it, too; a smaller refund is all that is lost.
with returned as (
    select
        shop_id,
        return_id,
        order_id
    from {{ ref('stg_tiktok_shop__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted and len(faults) = 0
)

select
    lines.shop_id,
    lines.return_id,
    returned.order_id,
    lines.return_line_id,
    lines.order_line_id,
    sold.order_line_id is not null as is_sold,
    coalesce(sold.sku_id <> lines.sku_id, true) as is_other_sku,
    lines.sku_id,
    coalesce(skus.item, nullif(sold.seller_sku, ''), nullif(lines.seller_sku, '')) as item,
    lines.refund_amount,
    lines.refund_subtotal,
    sold.sale_price_amount,
    cast(
        coalesce(lines.refund_subtotal, 0) + coalesce(lines.refund_shipping, 0)
        + if(lines.refund_subtotal = sold.sale_price_amount, coalesce(sold.platform_discount_amount, 0), 0)
        as decimal(18, 4)
    ) as seller_amount,
    sold.original_price_amount,
    sold.seller_discount_amount,
    cast(coalesce(sold.paid_at, sold.created_at) as date) as on_day,
    count(*) over (partition by lines.shop_id, returned.order_id, lines.order_line_id) > 1 as is_shared,
    changes.loaded_through
from {{ ref('stg_tiktok_shop__return_lines') }} as lines
inner join returned on lines.shop_id = returned.shop_id and lines.return_id = returned.return_id
left join {{ of_changed(ref('int_returns__changes')) }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
left join {{ of_changed(ref('int_orders__lines')) }} as sold
    on
        lines.shop_id = sold.shop_id
        and returned.order_id = sold.order_id
        and lines.order_line_id = sold.order_line_id
left join {{ ref('stg_config__sku_map') }} as skus
    on
        lines.shop_id = skus.shop_id
        and sold.seller_sku = skus.seller_sku
        and cast(coalesce(sold.paid_at, sold.created_at) as date) between skus.valid_from and skus.valid_to
        and not skus.is_deleted
where len(lines.faults) = 0
