-- Where the stock of each warehouse of a shop is counted today, with `place_state`: all that is checked for the whole
-- place at once. While that stays the same, only reports about single SKUs and items change what they may sell.
-- Reading the listing and not the orders would take sales for stock taken out by a person.
with readings as (
    select
        shop_id,
        coalesce(max(read_in_load) filter (where entity = 'orders'), 0)
        < max(read_in_load) filter (where entity = 'inventory') as is_without_orders
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity in ('orders', 'inventory')
    group by shop_id
),

maps as (
    {%- for map in ['location_map', 'sku_map', 'bundle_map', 'buffer_map', 'peaks'] %}
        select max(loaded_through) as loaded_through from {{ ref('stg_config__' ~ map) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

events as (
    select
        clock.shop_id,
        list(peaks.peak_id order by peaks.peak_id) as peak_ids
    from {{ ref('int_coverage__as_of') }} as clock
    inner join {{ ref('stg_config__peaks') }} as peaks
        on peaks.shop_id in (clock.shop_id, '*') and not peaks.is_deleted
    where clock.as_of >= peaks.starts_at and clock.as_of < peaks.ends_at
    group by clock.shop_id
),

-- A system that is read whole reports every level again: its next reading says nothing new of levels that stayed the
-- same.
reported as (
    select
        newest.system,
        newest.location,
        newest.held_because,
        newest.snapshot_id is null as is_mute,
        if(systems.is_read_whole, null, {'snapshot': newest.snapshot_id, 'as_of': newest.as_of}) as last_snapshot,
        list(
            {'location': latest.location_id, 'behind': epoch_us(newest.as_of) - epoch_us(latest.as_of)}
            order by latest.location_id
        ) filter (where latest.location_id is not null) as readings
    from {{ ref('int_stock__snapshots') }} as newest
    inner join {{ ref('int_systems') }} as systems on newest.system = systems.system
    left join {{ ref('int_stock__readings') }} as latest
        on newest.system = latest.system and newest.location = latest.location
    group by all
),

places as (
    select
        locations.shop_id,
        locations.warehouse_id,
        locations.system,
        locations.location,
        cast(clock.as_of as date) as on_day,
        coalesce(readings.is_without_orders, false) as is_without_orders,
        (select max(loaded_through) from maps) as maps_loaded_through,
        events.peak_ids,
        reported.* exclude (system, location)
    from {{ ref('stg_config__location_map') }} as locations
    inner join {{ ref('int_coverage__as_of') }} as clock on locations.shop_id = clock.shop_id
    left join readings on locations.shop_id = readings.shop_id
    left join events on locations.shop_id = events.shop_id
    left join reported on locations.system = reported.system and locations.location = reported.location
    where not locations.is_deleted and cast(clock.as_of as date) between locations.valid_from and locations.valid_to
)

select
    shop_id,
    warehouse_id,
    system,
    location,
    on_day,
    is_without_orders,
    md5(cast(to_json(places) as varchar)) as place_state
from places
