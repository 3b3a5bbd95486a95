{{ config(materialized=atomic_view()) }}

-- What each SKU listed in each warehouse when its stock was first read.
with first_read as (
    select
        shop_id,
        id as sku_id,
        observed_at as measured_at,
        unnest(
            from_json(
                payload -> '$.warehouse_inventory', '[{"warehouse_id": "VARCHAR", "available_quantity": "BIGINT"}]'
            )
        ) as place
    from {{ source('raw_tiktok_shop', 'inventory') }}
    where
        (shop_id, id, observed_at)
        in (select (shop_id, sku_id, first_observed_at) from {{ ref('stg_tiktok_shop__inventory') }})
)

select
    shop_id,
    sku_id,
    place.warehouse_id,
    measured_at,
    place.available_quantity as listed_quantity
from first_read
