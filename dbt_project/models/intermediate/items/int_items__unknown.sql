-- Items that are listed or ordered on TikTok Shop and that the location which ships them has never reported. Only a
-- location that has reported its stock counts. A bundle that is not defined is reported as such,
-- and so is what has no name.
with reported as (
    select distinct
        system,
        location
    from {{ ref('int_stock__levels') }}
),

undefined as (
    select distinct
        shop_id,
        item
    from {{ ref('int_stock__listed') }}
    where is_combined and not is_bundle
),

wanted as (
    select
        shop_id,
        system,
        location,
        component as item,
        sku_id,
        cast(null as varchar) as order_id
    from {{ ref('int_stock__listed') }}
    where coalesce(product_status, 'ACTIVATE') = 'ACTIVATE'
    union
    select
        units.shop_id,
        units.system,
        units.location,
        units.item,
        cast(null as varchar) as sku_id,
        units.order_id
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status in ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
)

select
    wanted.shop_id,
    wanted.system,
    wanted.location,
    wanted.item,
    list_sort(list(distinct wanted.sku_id) filter (where wanted.sku_id is not null)) as sku_ids,
    list_sort(list(distinct wanted.order_id) filter (where wanted.order_id is not null)) as order_ids,
    coalesce(sum(orders.total_amount), 0) as orders_amount,
    any_value(orders.currency) as currency,
    min(orders.ready_to_ship_due_at) as due_at
from wanted
semi join reported on wanted.system = reported.system and wanted.location = reported.location
anti join {{ ref('int_stock__levels') }} as levels
    on wanted.system = levels.system and wanted.location = levels.location and wanted.item = levels.item
anti join undefined on wanted.shop_id = undefined.shop_id and wanted.item = undefined.item
left join {{ ref('stg_tiktok_shop__orders') }} as orders
    on wanted.shop_id = orders.shop_id and wanted.order_id = orders.order_id
where wanted.item <> ''
group by wanted.shop_id, wanted.system, wanted.location, wanted.item
