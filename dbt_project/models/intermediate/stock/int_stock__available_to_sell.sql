-- What each listed SKU may sell from each warehouse: the least that one of its items allows, after what is sold and not
-- yet known to the authority, and after what is kept back.
with components as (
    select
        listed.*,
        newest.held_because as location_held_because,
        levels.item is null as is_unknown,
        levels.held_because as level_held_because,
        levels.on_hand_quantity,
        levels.available_quantity,
        levels.as_of,
        coalesce(in_flight.in_flight_quantity, 0) as in_flight_quantity,
        kept.buffer_units,
        kept.buffer_percent,
        kept.event_name,
        -- What the warehouse was told of and has not set aside yet is not for sale either.
        least(
            levels.available_quantity,
            levels.on_hand_quantity - coalesce(levels.on_hold_quantity, 0) - coalesce(in_flight.known_quantity, 0)
        ) - coalesce(in_flight.in_flight_quantity, 0) as sellable_quantity
    from {{ ref('int_stock__listed') }} as listed
    inner join {{ ref('int_stock__buffers') }} as kept
        on listed.shop_id = kept.shop_id and listed.component = kept.item
    left join {{ ref('int_stock__snapshots') }} as newest
        on listed.system = newest.system and listed.location = newest.location
    left join {{ ref('int_stock__levels') }} as levels
        on
            listed.system = levels.system
            and listed.location = levels.location
            and listed.component = levels.item
    left join {{ ref('int_stock__in_flight') }} as in_flight
        on
            listed.system = in_flight.system
            and listed.location = in_flight.location
            and listed.component = in_flight.item
),

allowed as (
    select
        *,
        buffer_units + cast(ceil(greatest(sellable_quantity, 0) * buffer_percent / 100) as integer) as buffer_quantity,
        case
            when is_without_orders then 'SYS-01: the orders of the shop were last read before what it lists'
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

select
    shop_id,
    sku_id,
    warehouse_id,
    product_id,
    seller_sku,
    item,
    system,
    location,
    component as limiting_item,
    on_hand_quantity,
    available_quantity,
    in_flight_quantity,
    buffer_quantity,
    -- 99,999 is the most TikTok Shop takes.
    case when allowed_quantity is not null then least(greatest(allowed_quantity, 0), 99999) end
        as available_to_sell_quantity,
    listed_quantity,
    committed_quantity,
    locked_quantity,
    listed_at,
    event_name,
    as_of,
    is_combined,
    reason_held
from measured
where not is_bundle
union all by name
select
    shop_id,
    sku_id,
    warehouse_id,
    any_value(product_id) as product_id,
    any_value(seller_sku) as seller_sku,
    any_value(item) as item,
    any_value(system) as system,
    any_value(location) as location,
    arg_min(component, allowed_quantity) as limiting_item,
    arg_min(on_hand_quantity, allowed_quantity) as on_hand_quantity,
    arg_min(available_quantity, allowed_quantity) as available_quantity,
    arg_min(in_flight_quantity, allowed_quantity) as in_flight_quantity,
    arg_min(buffer_quantity, allowed_quantity) as buffer_quantity,
    -- An item without a figure leaves the whole without one.
    case
        when count(*) = count(allowed_quantity) then least(greatest(min(allowed_quantity), 0), 99999)
    end as available_to_sell_quantity,
    any_value(listed_quantity) as listed_quantity,
    any_value(committed_quantity) as committed_quantity,
    any_value(locked_quantity) as locked_quantity,
    any_value(listed_at) as listed_at,
    max(event_name) as event_name,
    min(as_of) as as_of,
    any_value(is_combined) as is_combined,
    coalesce(min(nullif(reason_held, '')), '') as reason_held
from measured
where is_bundle
group by shop_id, sku_id, warehouse_id
