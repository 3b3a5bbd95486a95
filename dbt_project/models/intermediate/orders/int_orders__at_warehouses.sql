-- Orders that a fulfilment system of ours must ship, or has a warehouse order for, beside what that system holds. One
-- row per order.

with clock as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'orders'
    group by shop_id
),

wanted as (
    select
        shop_id,
        order_id,
        system,
        location,
        units,
        -- A line item without seller SKU names no item, and cannot be compared.
        case
            when not list_contains(list_transform(lines, lambda line: line.sku), '')
                then array_to_string(list_transform(lines, lambda line: line.sku || ' x' || line.quantity), ', ')
        end as contents
    from {{ ref('int_fulfilments__orders') }}
),

gone_lines as (
    select
        shop_id,
        order_id,
        count(*) as cancelled_lines
    from {{ ref('stg_tiktok_shop__order_lines') }}
    where line_status = 'CANCELLED'
    group by shop_id, order_id
),

sent as (
    select distinct
        shop_id,
        order_id
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'N'
),

intents as (
    select
        shop_id,
        order_id,
        max(held_because) filter (where purpose = 'order') as held_because,
        max(intent_state) filter (where purpose = 'order') as intent_state,
        max(error_code) filter (where purpose = 'order') as error_code,
        max(last_error) filter (where purpose = 'order') as last_error,
        bool_or(purpose = 'order') as is_order_due,
        max(intent_state) filter (where purpose = 'label') as label_state,
        max(last_error) filter (where purpose = 'label') as label_error,
        bool_or(purpose = 'cancellation') as is_cancellation_due,
        max(held_because) filter (where purpose = 'cancellation') as cancellation_held_because,
        max(last_error) filter (where purpose = 'cancellation') as cancellation_error
    from {{ ref('int_orders__pending_intents') }}
    group by shop_id, order_id
)

select
    orders.shop_id,
    orders.order_id,
    sent.order_id is not null as was_sent,
    coalesce(warehouse_orders.system, wanted.system) as system,
    coalesce(warehouse_orders.location, wanted.location) as location,
    orders.order_status,
    orders.fulfillment_type,
    orders.shipping_type,
    orders.is_cancel_requested,
    warehouse_orders.warehouse_status,
    coalesce(warehouse_orders.warehouse_order_ids, []) as warehouse_order_ids,
    coalesce(warehouse_orders.active_warehouse_orders, 0) as active_warehouse_orders,
    coalesce(warehouse_orders.open_warehouse_orders, 0) as open_warehouse_orders,
    wanted.contents as left_contents,
    warehouse_orders.contents as right_contents,
    wanted.units as left_units,
    warehouse_orders.units as right_units,
    warehouse_orders.other_reference,
    warehouse_orders.merged_into,
    wanted.system || '/' || wanted.location as left_place,
    list_filter(
        warehouse_orders.open_places, lambda place: place <> wanted.system || '/' || wanted.location
    ) as other_places,
    coalesce(gone_lines.cancelled_lines, 0) as cancelled_lines,
    coalesce(intents.held_because, '') as held_because,
    coalesce(intents.intent_state, '') as intent_state,
    coalesce(intents.error_code, '') as error_code,
    coalesce(intents.last_error, '') as last_error,
    coalesce(intents.label_state, '') as label_state,
    coalesce(intents.label_error, '') as label_error,
    coalesce(intents.is_cancellation_due, false) as is_cancellation_due,
    coalesce(intents.cancellation_held_because, '') as cancellation_held_because,
    coalesce(intents.cancellation_error, '') as cancellation_error,
    coalesce(orders.total_amount, 0) as total_amount,
    orders.currency,
    coalesce(orders.paid_at, orders.created_at) as clock_from,
    orders.ready_to_ship_due_at,
    orders.in_transit_due_at,
    orders.cancels_at,
    orders.cancelled_at,
    warehouse_orders.shipped_at,
    orders.observed_at as left_seen_at,
    warehouse_orders.observed_at as right_seen_at,
    clock.as_of
from {{ ref('stg_tiktok_shop__orders') }} as orders
left join {{ ref('int_orders__warehouse_orders') }} as warehouse_orders
    on
        orders.order_id = warehouse_orders.order_id
        and orders.shop_id = coalesce(warehouse_orders.shop_id, orders.shop_id)
left join wanted on orders.shop_id = wanted.shop_id and orders.order_id = wanted.order_id
left join intents on orders.shop_id = intents.shop_id and orders.order_id = intents.order_id
left join gone_lines on orders.shop_id = gone_lines.shop_id and orders.order_id = gone_lines.order_id
left join sent on orders.shop_id = sent.shop_id and orders.order_id = sent.order_id
left join clock on orders.shop_id = clock.shop_id
where
    not orders.is_deleted
    and (
        warehouse_orders.order_id is not null
        or (wanted.order_id is not null and orders.order_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING'))
        or intents.is_order_due
        -- What was sent and is not finished stays compared, also when nothing is left of it there.
        or (sent.order_id is not null and orders.order_status not in ('DELIVERED', 'COMPLETED', 'CANCELLED'))
    )
