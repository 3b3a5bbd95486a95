{{ config(contract={'enforced': true}) }}


-- Every line item of every order that TikTok Shop has, cancelled ones and those in quarantine too.
with orders as (
    select
        *,
        coalesce(paid_at, created_at) as sold_at
    from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted
),

lines as (
    select * from {{ ref('stg_tiktok_shop__order_lines') }}
    where not is_deleted
),

-- A settlement names its order, and no line of it.
settled as (
    select
        transactions.shop_id,
        transactions.settled_order_id as order_id,
        min(statements.statement_at) as settled_at,
        list(distinct statements.payment_id order by statements.payment_id) filter (
            where statements.payment_id is not null
        ) as payment_ids,
        bool_or(transactions.refunded_amount <> 0) as is_refunded
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where
        transactions.settled_order_id is not null
        and not transactions.is_surplus
        and not transactions.is_quarantined
        and statements.arithmetic not in ('deleted', 'surplus')
    group by transactions.shop_id, transactions.settled_order_id
),

skus as (
    select * from {{ ref('stg_config__sku_map') }}
    where not is_deleted
)

select
    orders.order_id,
    orders.shop_id,
    lines.order_line_id,
    lines.product_id,
    lines.sku_id,
    lines.seller_sku,
    coalesce(skus.item, nullif(lines.seller_sku, '')) as item,
    lines.product_name,
    lines.sku_name,
    1 as quantity,
    lines.original_price_amount as list_price_amount,
    lines.seller_discount_amount,
    lines.platform_discount_amount,
    lines.sale_price_amount,
    cast(lines.tax_amount as decimal(18, 4)) as tax_amount,
    lines.shipping_fee_amount,
    lines.shipping_vat_amount,
    lines.buyer_fees_amount,
    coalesce(nullif(lines.currency, ''), orders.currency) as currency,
    lines.line_status,
    orders.order_status,
    coalesce('CANCELLED' in (lines.line_status, orders.order_status), false) as is_cancelled,
    coalesce(settled.is_refunded, false) as is_order_refunded,
    orders.is_sample,
    orders.is_replacement,
    len(lines.faults) > 0 or len(orders.faults) > 0 as is_quarantined,
    orders.created_at,
    orders.paid_at,
    orders.delivered_at,
    orders.cancelled_at,
    cast(orders.sold_at as date) as accounting_date_utc,
    cast(date_trunc('month', accounting_date_utc) as date) as accounting_month_utc,
    cast(timezone(shops.time_zone, orders.sold_at) as date) as accounting_date_shop,
    cast(date_trunc('month', accounting_date_shop) as date) as accounting_month_shop,
    settled.settled_at,
    coalesce(settled.payment_ids, []) as payment_ids
from lines
inner join orders on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id
left join {{ ref('stg_config__shops') }} as shops on lines.shop_id = shops.configured_shop_id and not shops.is_deleted
left join skus
    on
        lines.shop_id = skus.shop_id
        and lines.seller_sku = skus.seller_sku
        and cast(orders.sold_at as date) between skus.valid_from and skus.valid_to
left join settled on lines.shop_id = settled.shop_id and lines.order_id = settled.order_id
