-- What TikTok Shop sells and no warehouse can ship: more units than there are, from a warehouse that is not mapped, or
-- from two warehouses that are one.
with short as (
    select
        'INV-02' as code,
        shop_id,
        'item' as entity_type,
        {{ joined_key(['location', 'item']) }} as entity_id,
        cast(orders_amount as decimal(18, 4)) as money_at_risk_amount,
        currency,
        due_at,
        owed_quantity || ' units of ' || item || ' for orders of TikTok Shop' as expected,
        -- Not every warehouse says how much lies on its shelves.
        coalesce(
            sound_quantity || ' on the shelves of ' || location || ', ' || available_quantity || ' of them free: ',
            available_quantity || ' free at ' || location || ': '
        )
        || short_quantity || ' short' as actual,
        to_json({'order_ids': order_ids[1:20], 'as_of': as_of, 'short': short_quantity}) as evidence,
        'sold more than is there' as cause
    from {{ ref('int_items__shortages') }}
),

-- Only a shop that ships from a location of ours must say so of all of its warehouses.
mapped as (
    select distinct
        shop_id,
        warehouse_id
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

-- Warehouses of the platform, and those that sell nothing.
not_ours as (
    select
        shop_id,
        warehouse_id
    from {{ ref('stg_tiktok_shop__orders') }}
    where fulfillment_type = 'FULFILLMENT_BY_TIKTOK' and not is_deleted
    union
    select
        shop_id,
        warehouse_id
    from {{ ref('stg_tiktok_shop__warehouses') }}
    where warehouse_type <> 'SALES_WAREHOUSE'
),

used as (
    select
        shop_id,
        warehouse_id,
        count(distinct sku_id) as listed_skus,
        sum(available_quantity) as listed_units,
        0 as waiting_orders,
        cast(0 as decimal(18, 4)) as waiting_amount,
        cast(null as varchar) as currency,
        cast(null as timestamptz) as due_at
    from {{ ref('stg_tiktok_shop__inventory') }}
    where not is_deleted and (available_quantity > 0 or committed_quantity > 0)
    group by shop_id, warehouse_id
    union all
    select
        shop_id,
        warehouse_id,
        0 as listed_skus,
        0 as listed_units,
        count(*) as waiting_orders,
        sum(total_amount) as waiting_amount,
        any_value(currency) as currency,
        min(ready_to_ship_due_at) as due_at
    from {{ ref('stg_tiktok_shop__orders') }}
    where order_status in ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING') and not is_deleted
    group by shop_id, warehouse_id
),

unmapped as (
    select
        'INV-07' as code,
        used.shop_id,
        'warehouse' as entity_type,
        used.warehouse_id as entity_id,
        cast(sum(used.waiting_amount) as decimal(18, 4)) as money_at_risk_amount,
        any_value(used.currency) as currency,
        min(used.due_at) as due_at,
        'a row of locations.csv for warehouse ' || coalesce(any_value(places.warehouse_name), used.warehouse_id)
            as expected,
        sum(used.listed_skus) || ' SKUs listed with ' || sum(used.listed_units) || ' units, '
        || sum(used.waiting_orders) || ' orders waiting, and no location that ships them' as actual,
        to_json({'warehouse_id': used.warehouse_id}) as evidence,
        'warehouse not mapped' as cause
    from used
    semi join mapped as mapping_shops on used.shop_id = mapping_shops.shop_id
    anti join mapped on used.shop_id = mapped.shop_id and used.warehouse_id = mapped.warehouse_id
    anti join not_ours on used.shop_id = not_ours.shop_id and used.warehouse_id = not_ours.warehouse_id
    left join {{ ref('stg_tiktok_shop__warehouses') }} as places
        on used.shop_id = places.shop_id and used.warehouse_id = places.warehouse_id
    where used.warehouse_id <> ''
    group by used.shop_id, used.warehouse_id
),

doubled as (
    select
        'INV-08' as code,
        shop_id,
        'location' as entity_type,
        {{ joined_key(['any_value(system)', 'location']) }} as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        '' as currency,
        cast(null as timestamptz) as due_at,
        'one warehouse of the shop per location' as expected,
        any_value(substr(reason_held, 9)) as actual,
        to_json({'warehouse_ids': list(distinct warehouse_id order by warehouse_id)}) as evidence,
        'location mapped twice' as cause
    from {{ ref('int_stock__available_to_sell') }}
    where starts_with(reason_held, 'INV-08')
    group by shop_id, location
)

{% for part in ['short', 'unmapped', 'doubled'] -%}
    select * from {{ part }}
    {% if not loop.last %}union all by name {% endif %}
{%- endfor %}
