{{ config(contract={'enforced': true}) }}

{%- set stages = "['cancelled', 'rejected', 'sent', 'accepted', 'held', 'picking', 'part_shipped', 'shipped']" %}

-- Every order with what the system that ships it was sent and has reported, and the clock that runs out next.
with placed as (
    select distinct
        shop_id,
        order_id,
        system
    from {{ ref('int_fulfilments__sold') }}
),

-- What was cancelled may have left all the same.
parcels as (
    select
        placed.shop_id,
        placed.order_id,
        count(distinct {'shipment': parcels.shipment_id, 'carton': parcels.carton_number}) as parcel_count
    from placed
    inner join {{ ref('int_shipments__parcels') }} as parcels
        on placed.system = parcels.system and placed.order_id = parcels.order_id
    group by placed.shop_id, placed.order_id
),

tracking as (
    select
        shop_id,
        order_id,
        -- Tracking counts as sent when TikTok Shop has that of the last parcel.
        if(count(sent_at) = count(*), max(sent_at), null) as tracking_sent_at
    from {{ ref('shipments') }}
    group by shop_id, order_id
),

sent as (
    select
        shop_id,
        order_id,
        min(sent_at) as sent_at
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'N'
    group by shop_id, order_id
),

-- Of several warehouse orders an active one counts, of these the one that is furthest.
warehouse_orders as (
    select
        shop_id,
        order_id,
        count(*) as warehouse_order_count,
        max(
            {'stage': list_position({{ stages }}, warehouse_status), 'id': warehouse_order_id}
        ).id as warehouse_order_id,
        arg_max(warehouse_status, list_position({{ stages }}, warehouse_status)) as warehouse_status,
        min(accepted_at) as accepted_at,
        min(shipped_at) as shipped_at
    from {{ ref('int_fulfilments__warehouse_orders') }}
    where shop_id is not null
    group by shop_id, order_id
),

held as (
    select
        shop_id,
        order_id,
        string_agg(distinct blocked_reason, '; ' order by blocked_reason) as held_because
    from (
        {%- for model in [
            'int_fulfilments__orders_due', 'int_cancellations__due', 'int_shipments__tracking_due',
            'int_fulfilments__labels_due', 'int_cancellations__answers',
        ] %}
            select
                shop_id,
                order_id,
                blocked_reason
            from {{ ref(model) }}
            where blocked_reason is not null
            {%- if not loop.last %} union all {%- endif %}
        {%- endfor %}
    ) as blocked
    group by shop_id, order_id
),

orders as (
    select
        orders.*,
        as_of.as_of,
        case
            when orders.order_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
                then least(orders.ready_to_ship_due_at, orders.in_transit_due_at, orders.cancels_at)
            when orders.order_status = 'AWAITING_COLLECTION' then orders.in_transit_due_at
        end as due_at
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    left join {{ ref('int_coverage__as_of') }} as as_of on orders.shop_id = as_of.shop_id
    where not orders.is_deleted
)

select
    orders.order_id,
    orders.shop_id,
    orders.order_status as status,
    orders.total_amount,
    orders.currency,
    orders.is_sample,
    orders.is_replacement,
    orders.is_cancel_requested,
    orders.fulfillment_type,
    orders.shipping_type,
    fulfilments.system as fulfilment_system,
    fulfilments.location as fulfilment_location,
    fulfilments.service,
    cast(fulfilments.units as bigint) as units,
    warehouse_orders.warehouse_order_id,
    warehouse_orders.warehouse_status,
    coalesce(warehouse_orders.warehouse_order_count, 0) as warehouse_order_count,
    sent.sent_at,
    warehouse_orders.accepted_at,
    warehouse_orders.shipped_at,
    coalesce(parcels.parcel_count, 0) as parcel_count,
    tracking.tracking_sent_at,
    orders.created_at,
    orders.paid_at,
    orders.ready_to_ship_due_at,
    orders.in_transit_due_at,
    orders.cancels_at,
    orders.due_at,
    -- Only where a clock runs: every other row stays as it was published.
    if(orders.due_at is null, null, date_diff('minute', orders.as_of, orders.due_at)) as minutes_left,
    orders.cancelled_at,
    orders.delivered_at,
    held.held_because
from orders
left join {{ ref('int_fulfilments__orders') }} as fulfilments
    on orders.shop_id = fulfilments.shop_id and orders.order_id = fulfilments.order_id
left join warehouse_orders on orders.shop_id = warehouse_orders.shop_id and orders.order_id = warehouse_orders.order_id
left join sent on orders.shop_id = sent.shop_id and orders.order_id = sent.order_id
left join parcels on orders.shop_id = parcels.shop_id and orders.order_id = parcels.order_id
left join tracking on orders.shop_id = tracking.shop_id and orders.order_id = tracking.order_id
left join held on orders.shop_id = held.shop_id and orders.order_id = held.order_id
