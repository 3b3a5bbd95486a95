{{ config(materialized=atomic_view()) }}

-- Orders with returns of whose SKUs a row of skus.csv or bundles.csv says something, by its load.
with returned as (
    select
        shop_id,
        return_id,
        unnest(order_ids) as order_id
    from {{ ref('stg_tiktok_shop__returns') }}
),

named as (
    select
        shop_id,
        seller_sku,
        loaded_through
    from {{ ref('stg_config__sku_map') }}
    union all
    select
        skus.shop_id,
        skus.seller_sku,
        bundles.loaded_through
    from {{ ref('stg_config__bundle_map') }} as bundles
    inner join {{ ref('stg_config__sku_map') }} as skus on bundles.bundle = skus.item
),

sold as not materialized (
    select
        lines.shop_id,
        lines.order_id,
        lines.seller_sku
    from {{ ref('int_orders__lines') }} as lines
    semi join returned on lines.shop_id = returned.shop_id and lines.order_id = returned.order_id
    union all
    select
        returned.shop_id,
        returned.order_id,
        lines.seller_sku
    from {{ ref('stg_tiktok_shop__return_lines') }} as lines
    inner join returned on lines.shop_id = returned.shop_id and lines.return_id = returned.return_id
)

select
    sold.shop_id,
    sold.order_id,
    named.loaded_through
from named
inner join sold on named.shop_id = sold.shop_id and named.seller_sku = sold.seller_sku
union all
select
    sold.shop_id,
    sold.order_id,
    bundles.loaded_through
from {{ ref('stg_config__bundle_map') }} as bundles
inner join sold on bundles.bundle = sold.seller_sku
