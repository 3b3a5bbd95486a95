{{ config(materialized=atomic_view()) }}

-- Whatever has a say in the returns of an order, by its newest load: the returns and what was done to them, the order,
-- the portal's returns, and the maps: of skus.csv and bundles.csv a row has one in the orders with that SKU alone. A
-- return that was of another order before mentions both, and one that another shop has under the same id mentions that
-- one's order: a portal names no shop.
with returned as (
    select
        shop_id,
        return_id,
        unnest(order_ids) as order_id,
        loaded_through
    from {{ ref('stg_tiktok_shop__returns') }}
),

portal as (
    select
        unnest(list_filter(named_ids, lambda named_id: named_id <> '')) as named_id,
        loaded_through
    from (
        {{ united('portal_changes') }}
    ) as changes
),

maps as (
    {{ newest_map([
        ref('stg_config__grades'), ref('stg_config__location_map'), ref('stg_config__returns'),
        ref('stg_config__return_portals'),
    ]) }}
)

select
    shop_id,
    order_id,
    loaded_through
from returned
union all
select
    twin.shop_id,
    twin.order_id,
    returned.loaded_through
from returned
inner join returned as twin on returned.return_id = twin.return_id and returned.shop_id <> twin.shop_id
union all
select
    returned.shop_id,
    returned.order_id,
    records.loaded_through
from {{ ref('stg_tiktok_shop__return_records') }} as records
inner join returned on records.shop_id = returned.shop_id and records.return_id = returned.return_id
union all
select
    orders.shop_id,
    orders.order_id,
    orders.loaded_through
from {{ ref('stg_tiktok_shop__orders') }} as orders
semi join returned on orders.shop_id = returned.shop_id and orders.order_id = returned.order_id
union all
select
    returned.shop_id,
    returned.order_id,
    portal.loaded_through
from portal
inner join returned on portal.named_id = returned.return_id
union all
select
    returned.shop_id,
    returned.order_id,
    portal.loaded_through
from portal
inner join returned on portal.named_id = returned.order_id
union all
select
    returned.shop_id,
    returned.order_id,
    maps.loaded_through
from maps
cross join returned
union all
select
    shop_id,
    order_id,
    loaded_through
from {{ ref('int_returns__map_mentions') }}
