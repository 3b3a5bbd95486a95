-- Documents for orders that TikTok Shop does not have, where every shop that ships from that place was read completely
-- at that time; of a document that is at no place yet, every shop of its system. One row per order number.
{%- set margin_days = 2 %}

with orphans as (
    select warehouse_orders.*
    from {{ ref('int_orders__warehouse_orders') }} as warehouse_orders
    anti join {{ ref('stg_tiktok_shop__orders') }} as orders on warehouse_orders.order_id = orders.order_id
    where warehouse_orders.active_warehouse_orders > 0
),

shops as (
    select distinct
        system,
        location,
        shop_id
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

-- An order is some days older than its document at most, and read again with each change.
classified as (
    select
        orphans.order_id,
        shops.shop_id,
        bool_or(
            coalesce(orphans.accepted_at, orphans.shipped_at, orphans.observed_at)
            between windows.window_from + interval {{ margin_days }} day and windows.window_to
        ) as is_covered
    from orphans
    inner join shops
        on
            orphans.system = shops.system
            and (orphans.location = shops.location or orphans.location is null)
    left join {{ ref('int_coverage__windows') }} as windows
        on shops.shop_id = windows.shop_id and windows.system = 'tiktok_shop' and windows.entity = 'orders'
    group by orphans.order_id, shops.shop_id
),

covered as (
    select
        order_id,
        min(shop_id) as shop_id,
        count(*) as shops,
        bool_and(coalesce(is_covered, false)) as is_covered
    from classified
    group by order_id
)

-- What was read of orders may be in quarantine.
select
    if(covered.shops = 1, covered.shop_id, '') as shop_id,
    orphans.order_id,
    orphans.system,
    orphans.location,
    orphans.warehouse_status,
    orphans.warehouse_order_ids,
    orphans.active_warehouse_orders,
    orphans.open_warehouse_orders,
    orphans.shipped_at,
    orphans.contents,
    orphans.units,
    orphans.observed_at,
    covered.is_covered
from orphans
inner join covered using (order_id)
anti join {{ ref('int_quarantine__records') }} as quarantine
    on quarantine.entity = 'orders' and orphans.order_id = quarantine.record_id
