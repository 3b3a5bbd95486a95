-- SKUs whose seller SKU is another than it first was, and sellable SKUs that share one with an older SKU. A row of
-- skus.csv for the new seller SKU says that the change is meant.
with first_reported as (
    select
        shop_id,
        sku_id,
        arg_min(seller_sku, observed_at) as seller_sku
    from {{ ref('stg_tiktok_shop__sku_versions') }}
    where seller_sku <> ''
    group by shop_id, sku_id
),

listed as (
    select
        * replace (coalesce(seller_sku, '') as seller_sku),
        first_value(sku_id) over same_name as other_sku_id,
        row_number() over same_name > 1 and seller_sku <> '' and product_status = 'ACTIVATE' as is_duplicate
    from {{ ref('stg_tiktok_shop__skus') }}
    where not is_deleted and product_status <> 'DELETED'
    window same_name as (
        partition by shop_id, seller_sku, product_status = 'ACTIVATE' order by first_observed_at, sku_id
    )
),

confirmed as (
    select distinct
        shop_id,
        seller_sku
    from {{ ref('stg_config__sku_map') }}
    where not is_deleted
)

select
    listed.shop_id,
    listed.sku_id,
    listed.product_id,
    listed.seller_sku,
    coalesce(first_reported.seller_sku, listed.seller_sku) as expected_seller_sku,
    coalesce(first_reported.seller_sku, '') = listed.seller_sku as is_duplicate,
    if(listed.is_duplicate, listed.other_sku_id, null) as other_sku_id
from listed
left join first_reported on listed.shop_id = first_reported.shop_id and listed.sku_id = first_reported.sku_id
anti join confirmed on listed.shop_id = confirmed.shop_id and listed.seller_sku = confirmed.seller_sku
where listed.is_duplicate or listed.seller_sku <> coalesce(first_reported.seller_sku, listed.seller_sku)
