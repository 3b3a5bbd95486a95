-- Units sold on TikTok Shop, by whether the system of record knew of their order when its stock was taken. What it did
-- not know comes off what it says is available; what it knew and has not shipped comes off what is on its shelves.
with reported as (
    select
        order_id,
        min(answered_at) as known_at
    from {{ ref('int_fulfilments__sent') }}
    where system = 'gxo' and purpose = 'N' and answer in ('A', 'E')
    group by order_id
),

advised as (
    select
        order_id,
        min(first_observed_at) as advised_at,
        sum(list_sum(list_transform(lines, lambda line: line.shipped))) as shipped_units
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
    group by order_id
),

-- An order of which GXO shipped nothing, or that Linnworks cancelled, parked or locked, has no stock held for it there.
known as (
    select
        'gxo' as system,
        coalesce(reported.order_id, advised.order_id) as order_id,
        least(reported.known_at, advised.advised_at) as known_at,
        advised.advised_at is not null as has_left
    from reported
    full outer join advised on reported.order_id = advised.order_id
    where advised.shipped_units is null or advised.shipped_units > 0
    union all by name
    select
        'linnworks' as system,
        reference as order_id,
        min(first_observed_at) as known_at,
        bool_or(is_processed) as has_left
    from {{ ref('stg_linnworks__orders') }}
    where source = 'TIKTOK' and not (is_deleted or is_cancelled or is_parked or is_locked)
    group by reference
    union all by name
    select
        'linnworks' as system,
        merged.order_id,
        merged.first_observed_at as known_at,
        warehouse_orders.warehouse_status = 'shipped' as has_left
    from {{ ref('int_fulfilments__linnworks_merged') }} as merged
    inner join {{ ref('int_fulfilments__linnworks_orders') }} as warehouse_orders
        on merged.warehouse_order_id = warehouse_orders.warehouse_order_id
),

units as (
    select
        units.system,
        units.location,
        units.item,
        units.order_id,
        orders.order_status in (
            'UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION'
        ) as is_open,
        count(*) as quantity
    from {{ ref('int_fulfilments__units') }} as units
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on units.shop_id = orders.shop_id and units.order_id = orders.order_id
    where orders.order_status <> 'CANCELLED'
    group by all
),

classified as (
    select
        units.*,
        coalesce(known.has_left, false) as has_left,
        case
            when known.known_at is null then units.is_open
            else coalesce(known.known_at > newest.as_of, true)
        end as is_in_flight
    from units
    inner join {{ ref('int_stock__snapshots') }} as newest
        on units.system = newest.system and units.location = newest.location
    left join known on units.system = known.system and units.order_id = known.order_id
)

select
    system,
    location,
    item,
    cast(coalesce(sum(quantity) filter (where is_in_flight), 0) as integer) as in_flight_quantity,
    cast(coalesce(sum(quantity) filter (where not is_in_flight), 0) as integer) as known_quantity,
    coalesce(list(order_id order by order_id) filter (where is_in_flight), []) as order_ids
from classified
where is_in_flight or (is_open and not has_left)
group by system, location, item
