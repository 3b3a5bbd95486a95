{{ config(materialized=atomic_view()) }}

-- What is kept back from sale now of each item that buffers.csv names, and of every other one ('*'), and more while an
-- event runs.
with shops as (
    select
        shop_id,
        as_of as clock
    from {{ ref('int_coverage__as_of') }}
),

events as (
    select
        shops.shop_id,
        max(peaks.buffer_units) as buffer_units,
        max(peaks.buffer_percent) as buffer_percent,
        string_agg(peaks.peak_name, ', ' order by peaks.peak_name) as event_name
    from shops
    inner join {{ ref('stg_config__peaks') }} as peaks
        on peaks.shop_id in (shops.shop_id, '*') and not peaks.is_deleted
    where shops.clock >= peaks.starts_at and shops.clock < peaks.ends_at
    group by shops.shop_id
),

current_rules as (
    select
        shops.shop_id,
        kept.item,
        {'units': kept.buffer_units, 'percent': kept.buffer_percent} as found,
        kept.shop_id <> '*' as is_of_shop
    from shops
    inner join {{ ref('stg_config__buffer_map') }} as kept
        on
            kept.shop_id in (shops.shop_id, '*')
            and not kept.is_deleted
            and cast(shops.clock as date) between kept.valid_from and kept.valid_to
),

-- The rule of a shop goes before that of all shops.
rules as (
    select
        shop_id,
        item,
        arg_max(found, is_of_shop) as found
    from current_rules
    group by shop_id, item
),

items as (
    select
        shop_id,
        item
    from rules
    union
    select
        shop_id,
        '*' as item
    from shops
)

select
    items.shop_id,
    items.item,
    coalesce(of_item.found.units, of_all.found.units, 0) + coalesce(events.buffer_units, 0) as buffer_units,
    coalesce(of_item.found.percent, of_all.found.percent, 0) + coalesce(events.buffer_percent, 0) as buffer_percent,
    coalesce(events.event_name, '') as event_name
from items
left join rules as of_item on items.shop_id = of_item.shop_id and items.item = of_item.item
left join rules as of_all on items.shop_id = of_all.shop_id and of_all.item = '*'
left join events on items.shop_id = events.shop_id
