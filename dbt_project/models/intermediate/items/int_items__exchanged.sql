-- Items of a shop's warehouses whose name is now that of another item, which had it when a row of skus.csv was last
-- dated for the name, or at first: a name that was given to other goods. What never had another name is a new item. A
-- row of skus.csv for the name, dated since, says that the change is meant. One row per shop, system and name.
with names as (
    select * from {{ ref('int_items__names') }}
),

used as (
    select distinct
        shop_id,
        system
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

-- A row that was there before its day says nothing of what was renamed on it.
confirmed as (
    select
        maps.shop_id,
        maps.item,
        max(least(cast(maps.valid_from as timestamptz) + interval 1 day, maps.observed_at)) as confirmed_at
    from {{ ref('stg_config__sku_map') }} as maps
    inner join {{ ref('int_coverage__as_of') }} as clock
        on maps.shop_id = clock.shop_id and maps.valid_from <= cast(clock.as_of as date)
    where not maps.is_deleted
    group by maps.shop_id, maps.item
),

owned as (
    select
        used.shop_id,
        names.*,
        names.named_from < coalesce(confirmed.confirmed_at, timestamptz '1970-01-02 00:00:00+00') as is_confirmed
    from names
    inner join used on names.system = used.system
    left join confirmed on used.shop_id = confirmed.shop_id and names.item = confirmed.item
),

owners as (
    select * from owned
    qualify row_number() over (
        partition by shop_id, system, item
        order by is_confirmed desc, if(is_confirmed, -epoch_us(named_from), epoch_us(named_from)) asc, item_id asc
    ) = 1
),

former as (
    select
        now.system,
        now.item_id,
        arg_max(earlier.item, earlier.named_from) as item,
        arg_max(earlier.named_until, earlier.named_from) as renamed_at
    from names as now
    inner join names as earlier
        on now.system = earlier.system and now.item_id = earlier.item_id and now.item <> earlier.item
    where now.named_until > timestamptz '9999-01-01 00:00:00+00' and not now.is_deleted
    group by now.system, now.item_id
),

exchanged as (
    select
        owners.shop_id,
        owners.system,
        owners.item,
        min(owners.item_id) as owner_id,
        min(now.item_id) as item_id,
        arg_min(former.item, now.item_id) as former_item,
        arg_min(former.renamed_at, now.item_id) as renamed_at
    from owners
    inner join names as now
        on owners.system = now.system and owners.item = now.item and owners.item_id <> now.item_id
    inner join former on now.system = former.system and now.item_id = former.item_id
    where now.named_until > timestamptz '9999-01-01 00:00:00+00' and not now.is_deleted
    group by owners.shop_id, owners.system, owners.item
),

waiting as (
    select
        units.shop_id,
        units.system,
        units.item,
        count(*) as orders,
        sum(orders.total_amount) as amount,
        any_value(orders.currency) as currency,
        min(orders.ready_to_ship_due_at) as due_at
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status in ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING') and units.unit_number = 1
    group by units.shop_id, units.system, units.item
)

select
    exchanged.*,
    'MAP-02: ' || exchanged.item || ' of ' || exchanged.system || ' is item ' || exchanged.item_id || ' now, which was '
    || exchanged.former_item as held_because,
    coalesce(waiting.orders, 0) as waiting_orders,
    coalesce(waiting.amount, 0) as orders_amount,
    waiting.currency,
    waiting.due_at
from exchanged
left join waiting
    on
        exchanged.shop_id = waiting.shop_id
        and exchanged.system = waiting.system
        and exchanged.item = waiting.item
