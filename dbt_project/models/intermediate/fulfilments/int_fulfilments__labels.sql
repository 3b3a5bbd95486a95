-- Orders that TikTok ships and whose label was bought by us: the number that the warehouse must put on the parcel.
with bought as (
    select
        shop_id,
        entity_key as order_id,
        max(acknowledged_at) as bought_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__labels'
    group by shop_id, entity_key
),

packages as (
    select
        shop_id,
        package_id,
        tracking_number,
        len(order_ids) as orders,
        unnest(order_ids) as order_id
    from {{ ref('stg_tiktok_shop__packages') }}
    where not is_deleted and package_status is distinct from 'CANCELLED'
)

select
    bought.shop_id,
    bought.order_id,
    bought.bought_at,
    count(packages.package_id) as packages,
    coalesce(max(packages.orders), 0) as orders_in_package,
    coalesce(max(packages.tracking_number), '') as tracking_number
from bought
left join packages on bought.shop_id = packages.shop_id and bought.order_id = packages.order_id
group by bought.shop_id, bought.order_id, bought.bought_at
