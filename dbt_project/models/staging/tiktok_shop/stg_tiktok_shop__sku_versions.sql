{{ config(materialized=atomic_view()) }}

-- Each SKU in each version of its product, with the seller SKU that it had then.
with versions as (
    select
        shop_id,
        id as product_id,
        observed_at,
        unnest(from_json(payload -> '$.skus', '[{"id": "VARCHAR", "seller_sku": "VARCHAR"}]')) as sku
    from {{ source('raw_tiktok_shop', 'products') }}
    where not is_deleted
)

select
    shop_id,
    product_id,
    sku.id as sku_id,
    {{ name_text('sku.seller_sku') }} as seller_sku,
    observed_at
from versions
