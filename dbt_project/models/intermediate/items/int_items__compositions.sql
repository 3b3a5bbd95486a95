-- What each bundle is made of by our map, against what TikTok Shop and our systems make it of where they know it.
with days as (
    select max(cast(as_of as date)) as on_day
    from {{ ref('int_coverage__as_of') }}
),

ours as (
    select
        bundles.bundle,
        string_agg(bundles.quantity || ' x ' || bundles.component, ', ' order by bundles.component) as parts
    from {{ ref('stg_config__bundle_map') }} as bundles
    cross join days
    where not bundles.is_deleted and days.on_day between bundles.valid_from and bundles.valid_to
    group by bundles.bundle
),

item_of as (
    select
        maps.shop_id,
        maps.seller_sku,
        maps.item
    from {{ ref('stg_config__sku_map') }} as maps
    cross join days
    where not maps.is_deleted and days.on_day between maps.valid_from and maps.valid_to
),

combined as (
    select
        shop_id,
        sku_id,
        seller_sku,
        unnest(combined) as part
    from {{ ref('stg_tiktok_shop__skus') }}
    where not is_deleted and product_status <> 'DELETED' and len(combined) > 0
),

at_tiktok_shop as (
    select
        combined.shop_id,
        combined.sku_id,
        coalesce(bundle_of.item, combined.seller_sku) as bundle,
        string_agg(
            combined.part.quantity || ' x ' || coalesce(part_of.item, combined.part.seller_sku), ', '
            order by coalesce(part_of.item, combined.part.seller_sku)
        ) as parts
    from combined
    left join item_of as bundle_of
        on combined.shop_id = bundle_of.shop_id and combined.seller_sku = bundle_of.seller_sku
    left join item_of as part_of
        on combined.shop_id = part_of.shop_id and combined.part.seller_sku = part_of.seller_sku
    group by all
),

reported as (
    select
        system,
        bundle,
        string_agg(quantity || ' x ' || component, ', ' order by component) as parts
    from {{ ref('int_items__compositions_reported') }}
    group by system, bundle
),

shops as (
    select distinct
        shop_id,
        system
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

at_systems as (
    select
        shops.shop_id,
        reported.bundle,
        systems.system_name,
        reported.parts
    from reported
    inner join {{ ref('int_systems') }} as systems on reported.system = systems.system
    inner join shops on reported.system = shops.system
)

select
    at_tiktok_shop.shop_id,
    at_tiktok_shop.bundle,
    ours.parts as ours,
    concat_ws(
        '; ',
        'TikTok Shop: ' || string_agg(distinct nullif(at_tiktok_shop.parts, ours.parts), ' and '),
        string_agg(distinct at_systems.system_name || ': ' || nullif(at_systems.parts, ours.parts), '; ')
    ) as theirs,
    list(distinct at_tiktok_shop.sku_id order by at_tiktok_shop.sku_id) as sku_ids
from at_tiktok_shop
inner join ours on at_tiktok_shop.bundle = ours.bundle
left join at_systems on at_tiktok_shop.shop_id = at_systems.shop_id and at_tiktok_shop.bundle = at_systems.bundle
group by at_tiktok_shop.shop_id, at_tiktok_shop.bundle, ours.parts
