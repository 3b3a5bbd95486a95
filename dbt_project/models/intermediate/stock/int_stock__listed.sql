-- Every SKU and warehouse that TikTok Shop lists and a system of ours counts, with the items that it is made of.
-- Whoever read the listing and not the orders takes what was sold for stock that somebody took out.
with readings as (
    select
        shop_id,
        coalesce(max(read_in_load) filter (where entity = 'orders'), 0)
        < max(read_in_load) filter (where entity = 'inventory') as is_without_orders
    from {{ ref('stg_tieout__coverage') }}
    where system = 'tiktok_shop' and entity in ('orders', 'inventory')
    group by shop_id
),

listed as (
    select
        inventory.shop_id,
        inventory.sku_id,
        inventory.warehouse_id,
        inventory.product_id,
        inventory.seller_sku,
        locations.system,
        locations.location,
        inventory.available_quantity as listed_quantity,
        inventory.committed_quantity,
        inventory.sku_locked_quantity as locked_quantity,
        inventory.observed_at as listed_at,
        clock.as_of as clock,
        cast(clock.as_of as date) as on_day
    from {{ ref('stg_tiktok_shop__inventory') }} as inventory
    inner join {{ ref('int_coverage__as_of') }} as clock on inventory.shop_id = clock.shop_id
    inner join {{ ref('stg_config__location_map') }} as locations
        on
            inventory.shop_id = locations.shop_id
            and inventory.warehouse_id = locations.warehouse_id
            and not locations.is_deleted
            and cast(clock.as_of as date) between locations.valid_from and locations.valid_to
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
    listed.* exclude (on_day),
    coalesce(crowded.warehouses_of_location, 1) as warehouses_of_location,
    coalesce(readings.is_without_orders, false) as is_without_orders,
    skus.product_status,
    coalesce(len(skus.combined) > 0, false) as is_combined,
    coalesce(items.item, listed.seller_sku) as item,
    bundles.bundle is not null as is_bundle,
    coalesce(bundles.component, items.item, listed.seller_sku) as component,
    coalesce(bundles.quantity, 1) as component_quantity
from listed
left join readings on listed.shop_id = readings.shop_id
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
