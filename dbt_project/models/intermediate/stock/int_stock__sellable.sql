{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_listings(also=changed_by_stock()) }}"
    )
}}

-- What each listed SKU may sell from each warehouse: the least that one of its items allows, after what is sold and not
-- yet known to the system of record, and what is kept back. `allocated_units`, `place_state`: its other inputs.
with listed as (
    select * from {{ ref('int_stock__listed') }}
    {{ only_changed_keys('shop_id, sku_id') }}
),

levels as (
    select * from {{ ref('int_stock__levels') }}
    {%- if builds_changed_keys() %} where item in (select component from listed) {%- endif %}
),

in_flight as (
    select
        *,
        {'item': item, 'in_flight': in_flight_quantity, 'known': known_quantity} as allocated_units
    from {{ ref('int_stock__in_flight') }}
),

components as (
    select
        listed.*,
        newest.held_because as location_held_because,
        levels.item is null as is_unknown,
        coalesce(exchanged.held_because, levels.held_because) as level_held_because,
        levels.on_hand_quantity,
        levels.available_quantity,
        -- From the newest snapshot back to what was reported for the item itself, mostly 0.
        coalesce(epoch_us(newest.as_of), 0) - epoch_us(levels.as_of) as microseconds_behind,
        in_flight.allocated_units,
        coalesce(in_flight.in_flight_quantity, 0) as in_flight_quantity,
        of_all.event_name,
        coalesce(of_item.buffer_units, of_all.buffer_units) as buffer_units,
        coalesce(of_item.buffer_percent, of_all.buffer_percent) as buffer_percent,
        -- What was sent to the warehouse and is not allocated there yet is not for sale either.
        least(
            levels.available_quantity,
            levels.on_hand_quantity - coalesce(levels.on_hold_quantity, 0) - coalesce(in_flight.known_quantity, 0)
        ) - coalesce(in_flight.in_flight_quantity, 0) as sellable_quantity
    from listed
    inner join {{ ref('int_stock__buffer_rules') }} as of_all
        on listed.shop_id = of_all.shop_id and of_all.item = '*'
    left join {{ ref('int_stock__buffer_rules') }} as of_item
        on listed.shop_id = of_item.shop_id and listed.component = of_item.item
    left join {{ ref('int_stock__snapshots') }} as newest
        on listed.system = newest.system and listed.location = newest.location
    left join levels
        on listed.system = levels.system and listed.location = levels.location and listed.component = levels.item
    left join in_flight
        on
            listed.system = in_flight.system
            and listed.location = in_flight.location
            and listed.component = in_flight.item
    left join {{ ref('int_items__exchanged') }} as exchanged
        on listed.shop_id = exchanged.shop_id and listed.system = exchanged.system and listed.component = exchanged.item
),

allowed as (
    select
        *,
        buffer_units + cast(ceil(greatest(sellable_quantity, 0) * buffer_percent / 100) as integer) as buffer_quantity,
        case
            when is_without_orders then 'SYS-01: the orders of the shop were last read before what it lists'
            when item = '' then 'MAP-01: the listing has no seller SKU'
            when is_combined and not is_bundle then 'MAP-03: bundles.csv does not say what ' || item || ' is made of'
            when location_held_because <> '' then location_held_because
            when is_unknown then 'MAP-01: ' || location || ' does not know ' || component
            when level_held_because <> '' then level_held_because
            when warehouses_of_location > 1
                then 'INV-08: ' || location || ' counts the stock of ' || warehouses_of_location || ' warehouses'
            when product_status in ('FREEZE', 'PLATFORM_DEACTIVATED', 'DELETED')
                then 'MAP-07: TikTok Shop has the product as ' || product_status
            else ''
        end as reason_held
    from components
),

measured as (
    select
        *,
        cast(floor((sellable_quantity - buffer_quantity) / component_quantity) as integer) as allowed_quantity
    from allowed
)

{%- set listed = [
    'product_id', 'seller_sku', 'item', 'system', 'location', 'listed_quantity', 'committed_quantity',
    'locked_quantity', 'listed_at', 'is_combined', 'place_state'
] %}
{%- set limiting = ['on_hand_quantity', 'available_quantity', 'in_flight_quantity', 'buffer_quantity'] %}

select
    shop_id,
    sku_id,
    warehouse_id,
    {{ listed | join(',\n    ') }},
    component as limiting_item,
    {{ limiting | join(',\n    ') }},
    -- 99,999 is the most TikTok Shop takes.
    case when allowed_quantity is not null then least(greatest(allowed_quantity, 0), 99999) end
        as available_to_sell_quantity,
    event_name,
    microseconds_behind,
    case when allocated_units is not null then [allocated_units] end as allocated_units,
    reason_held,
    catalogue_product_id,
    loaded_through
from measured
where not is_bundle
union all by name
select
    shop_id,
    sku_id,
    warehouse_id,
    {%- for column in listed %}
        any_value({{ column }}) as {{ column }},
    {%- endfor %}
    arg_min(component, row(allowed_quantity, component)) filter (where allowed_quantity is not null) as limiting_item,
    {%- for column in limiting %}
        arg_min({{ column }}, row(allowed_quantity, component)) filter (where allowed_quantity is not null)
            as {{ column }},
    {%- endfor %}
    -- An item without a figure leaves the whole without one.
    case when count(*) = count(allowed_quantity) then least(greatest(min(allowed_quantity), 0), 99999) end
        as available_to_sell_quantity,
    max(event_name) as event_name,
    max(microseconds_behind) as microseconds_behind,
    list(allocated_units order by allocated_units) filter (where allocated_units is not null) as allocated_units,
    coalesce(min(nullif(reason_held, '')), '') as reason_held,
    max(catalogue_product_id) as catalogue_product_id,
    max(loaded_through) as loaded_through
from measured
where is_bundle
group by shop_id, sku_id, warehouse_id
