-- What each bundle is made of by our map, against what TikTok Shop and Linnworks make it of where they know it.
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

at_linnworks as (
    select
        bundle,
        string_agg(quantity || ' x ' || component, ', ' order by component) as parts
    from {{ ref('stg_linnworks__compositions') }}
    group by bundle
),

shops_of_linnworks as (
    select distinct shop_id
    from {{ ref('stg_config__location_map') }}
    where system = 'linnworks' and not is_deleted
)

select
    at_tiktok_shop.shop_id,
    at_tiktok_shop.bundle,
    ours.parts as ours,
    concat_ws(
        '; ',
        'TikTok Shop: ' || string_agg(distinct nullif(at_tiktok_shop.parts, ours.parts), ' and '),
        'Linnworks: ' || any_value(if(shops_of_linnworks.shop_id is null, null, nullif(at_linnworks.parts, ours.parts)))
    ) as theirs,
    list(at_tiktok_shop.sku_id order by at_tiktok_shop.sku_id) as sku_ids
from at_tiktok_shop
inner join ours on at_tiktok_shop.bundle = ours.bundle
left join shops_of_linnworks on at_tiktok_shop.shop_id = shops_of_linnworks.shop_id
left join at_linnworks on at_tiktok_shop.bundle = at_linnworks.bundle
group by at_tiktok_shop.shop_id, at_tiktok_shop.bundle, ours.parts
