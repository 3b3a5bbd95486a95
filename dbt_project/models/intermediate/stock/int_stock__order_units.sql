-- Units of each order and item: sold, cancelled, and left for it. What was sold and has not left is named by what holds
-- it; what has no name is unexplained, below zero when more left than was sold. Of orders that a warehouse knows or was
-- sent, that wait, and that are younger than the first stock report of their location.
{%- set gone = "('IN_TRANSIT', 'DELIVERED', 'COMPLETED')" %}

with opened as (
    select
        system,
        location,
        min(as_of) as opened_at
    from {{ ref('int_stock__snapshots_reported') }}
    group by system, location
),

sold as (
    select
        units.shop_id,
        units.order_id,
        units.system,
        units.location,
        units.item,
        count(*) as sold_units,
        count(*) filter (where units.is_cancelled or orders.order_status = 'CANCELLED') as cancelled_units
    from {{ ref('int_fulfilments__sold') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    group by all
),

held as (
    select
        shop_id,
        order_id,
        system,
        any_value(location) as location,
        bool_or(warehouse_status <> 'rejected') as is_known,
        bool_or(warehouse_status in ('sent', 'accepted', 'held', 'picking')) as is_open,
        bool_or(warehouse_status in ('part_shipped', 'cancelled')) as is_closed_short
    from {{ ref('int_fulfilments__warehouse_orders') }}
    where shop_id is not null
    group by shop_id, order_id, system
),

shipped as (
    select
        held.shop_id,
        contents.order_id,
        contents.system,
        coalesce(held.location, '') as location,
        contents.item,
        sum(contents.quantity) as shipped_units
    from {{ ref('int_shipments__contents') }} as contents
    inner join held on contents.system = held.system and contents.order_id = held.order_id
    group by all
),

sent as (
    select distinct
        shop_id,
        order_id
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'N'
),

both_sides as (
    select
        shop_id,
        order_id,
        system,
        location,
        item,
        coalesce(sold.sold_units, 0) as sold_units,
        coalesce(sold.cancelled_units, 0) as cancelled_units,
        coalesce(shipped.shipped_units, 0) as shipped_units,
        coalesce(sold.sold_units, 0) - coalesce(sold.cancelled_units, 0) - coalesce(shipped.shipped_units, 0)
            as left_units
    from sold
    full join shipped using (shop_id, order_id, system, location, item)
),

named as (
    select
        both_sides.*,
        orders.order_status,
        coalesce(held.is_known, false) as is_known,
        case
            when both_sides.left_units <= 0 then ''
            when held.is_open then 'not_shipped'
            when held.is_known is not true and orders.order_status not in {{ gone }} then 'not_shipped'
            when held.is_closed_short then 'short'
            when held.is_known is not true and sent.order_id is null then 'elsewhere'
            else ''
        end as held_by
    from both_sides
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on both_sides.shop_id = orders.shop_id and both_sides.order_id = orders.order_id
    left join held
        on
            both_sides.shop_id = held.shop_id
            and both_sides.order_id = held.order_id
            and both_sides.system = held.system
    left join sent on both_sides.shop_id = sent.shop_id and both_sides.order_id = sent.order_id
    left join opened on both_sides.system = opened.system and both_sides.location = opened.location
    where
        held.is_known
        or sent.order_id is not null
        or orders.created_at >= opened.opened_at
        or (orders.order_status not in {{ gone }} and orders.order_status <> 'CANCELLED')
)

select
    shop_id,
    order_id,
    system,
    location,
    item,
    order_status,
    is_known,
    cast(sold_units as bigint) as sold_units,
    cast(cancelled_units as bigint) as cancelled_units,
    cast(shipped_units as bigint) as shipped_units,
    {%- for name in ['not_shipped', 'short', 'elsewhere'] %}
        cast(if(held_by = '{{ name }}', left_units, 0) as bigint) as {{ name }}_units,
    {%- endfor %}
    cast(if(held_by = '', left_units, 0) as bigint) as unexplained_units
from named
