{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_listings() }}"
    )
}}

-- Every SKU and warehouse that TikTok Shop lists and a system of ours counts, with the items that it is made of.
with listed as (
    select
        inventory.shop_id,
        inventory.sku_id,
        inventory.warehouse_id,
        inventory.product_id,
        inventory.seller_sku,
        places.system,
        places.location,
        inventory.available_quantity as listed_quantity,
        inventory.committed_quantity,
        inventory.sku_locked_quantity as locked_quantity,
        inventory.observed_at as listed_at,
        inventory.loaded_through,
        places.is_without_orders,
        places.on_day,
        places.place_state
    from {{ ref('stg_tiktok_shop__inventory') }} as inventory
    {{ only_changed_keys('shop_id, sku_id') }}
    inner join {{ ref('int_stock__places') }} as places
        on inventory.shop_id = places.shop_id and inventory.warehouse_id = places.warehouse_id
    where not inventory.is_deleted
),

-- Rare, and dear to count for every SKU: two warehouses of a shop that one location counts.
shared as (
    select
        shop_id,
        system,
        location
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
    group by shop_id, system, location
    having count(distinct warehouse_id) > 1
),

crowded as (
    select
        shop_id,
        sku_id,
        system,
        location,
        count(*) as warehouses_of_location
    from listed
    semi join shared using (shop_id, system, location)
    group by shop_id, sku_id, system, location
)

select
    listed.* exclude (on_day, loaded_through),
    coalesce(crowded.warehouses_of_location, 1) as warehouses_of_location,
    skus.product_id as catalogue_product_id,
    skus.product_status,
    coalesce(len(skus.combined) > 0, false) as is_combined,
    coalesce(items.item, listed.seller_sku) as item,
    bundles.bundle is not null as is_bundle,
    coalesce(bundles.component, items.item, listed.seller_sku) as component,
    coalesce(bundles.quantity, 1) as component_quantity,
    greatest(listed.loaded_through, coalesce(skus.loaded_through, 0)) as loaded_through
from listed
left join crowded
    on
        listed.shop_id = crowded.shop_id
        and listed.sku_id = crowded.sku_id
        and listed.system = crowded.system
        and listed.location = crowded.location
left join {{ ref('stg_tiktok_shop__skus') }} as skus
    on listed.shop_id = skus.shop_id and listed.sku_id = skus.sku_id and not skus.is_deleted
left join {{ ref('stg_config__sku_map') }} as items
    on
        listed.shop_id = items.shop_id
        and listed.seller_sku = items.seller_sku
        and not items.is_deleted
        and listed.on_day between items.valid_from and items.valid_to
left join {{ ref('stg_config__bundle_map') }} as bundles
    on
        coalesce(items.item, listed.seller_sku) = bundles.bundle
        and not bundles.is_deleted
        and listed.on_day between bundles.valid_from and bundles.valid_to
