-- How an order differs from what its fulfilment system holds: the first way that holds, '' when they agree or nothing
-- is due yet. One row per order. How long one side may lag behind the other is said here, once.
{%- set most_lag_minutes = 15 %}
{%- set answer_within_hours = 4 %}
{%- set shipped = "('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED')" %}
{%- set labelled = "(order_status = 'AWAITING_COLLECTION' and shipping_type = 'TIKTOK')" %}
{%- set waiting = "('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')" %}
{#- Another record names these causes: a SKU, or the request of the buyer. -#}
{%- set other_codes = "('MAP-01', 'MAP-03', 'CAN-03')" %}

with compared as (
    select
        *,
        -- A label of TikTok's own is there before the parcel is: such an order still has to be sent.
        order_status in {{ waiting }} or {{ labelled }} as is_waiting,
        order_status in {{ shipped }} and not {{ labelled }} as is_shipped,
        order_status = 'CANCELLED' as is_cancelled,
        left(held_because, 6) as held_code,
        is_cancel_requested
        or intent_state = 'unknown'
        or left(held_because, 6) in {{ other_codes }} as has_other_code,
        warehouse_status is null or warehouse_status = 'sent' as is_unanswered,
        coalesce(as_of >= right_seen_at + interval 15 minute, false) as is_lasting,
        -- Counted from when the order was seen like this: what was not read in time is late for another reason.
        as_of - left_seen_at as waited,
        as_of - if(right_seen_at between left_seen_at and as_of, right_seen_at, left_seen_at) as unanswered,
        ready_to_ship_due_at - clock_from as allowed
    from {{ ref('int_orders__at_warehouses') }}
),

timed as (
    select
        *,
        case
            when warehouse_status is null
                then waited >= least(interval {{ most_lag_minutes }} minute, allowed / 10)
            else unanswered >= least(interval {{ answer_within_hours }} hour, allowed / 2)
        end as is_overdue
    from compared
),

classified as (
    select
        *,
        case
            when active_warehouse_orders > 1 and right_units > left_units then 'doubled'
            when is_cancelled and open_warehouse_orders > 0 and starts_with(cancellation_held_because, 'CAN-02')
                then 'cancelled_too_late'
            when is_cancelled and open_warehouse_orders > 0
                then if(waited >= if(is_cancellation_due, interval 5 minute, interval 1 day), 'not_cancelled_there', '')
            when is_cancelled and active_warehouse_orders = 0 then ''
            when is_cancelled and shipped_at <= cancelled_at then 'cancelled_too_late'
            when is_cancelled then 'shipped_after_cancelling'
            when fulfillment_type = 'FULFILLMENT_BY_TIKTOK' then if(active_warehouse_orders > 0, 'other_fulfiller', '')
            when order_status in ('UNPAID', 'ON_HOLD') then if(active_warehouse_orders > 0, 'too_early', '')
            when is_waiting and merged_into is not null then 'merged'
            when other_reference is not null and order_status not in ('DELIVERED', 'COMPLETED') then 'other_reference'
            when is_waiting and len(other_places) > 0 then 'other_place'
            when is_shipped and open_warehouse_orders > 0
                then if(waited >= interval 4 hour, 'not_shipped_there', '')
            when not (is_waiting or is_shipped) or is_cancel_requested then ''
            -- What was sent and is on its way was there once.
            when is_shipped and warehouse_status is null and was_sent and order_status not in ('DELIVERED', 'COMPLETED')
                then if(waited >= interval {{ most_lag_minutes }} minute, 'cancelled_there', '')
            when is_shipped and (active_warehouse_orders = 0 or left_contents = right_contents) then ''
            -- The time in which a buyer may complain of what he got is over.
            when order_status = 'COMPLETED' then ''
            when warehouse_status = 'cancelled' then if(is_lasting, 'cancelled_there', '')
            when warehouse_status = 'rejected' then 'refused'
            when warehouse_status is null and error_code = 'NO_ADDRESS' then 'no_address'
            when warehouse_status is null and intent_state in ('rejected', 'dead') then 'refused'
            when is_unanswered and (has_other_code or is_overdue is not true) then ''
            -- It was there once.
            when warehouse_status is null and was_sent then 'cancelled_there'
            when is_unanswered and order_status = 'PARTIALLY_SHIPPING' then ''
            when held_code = 'FUL-08' or (held_code = 'FUL-09' and label_state in ('rejected', 'dead')) then 'no_label'
            when held_code = 'FUL-09' then 'other_shipping_model'
            when held_code = 'FUL-10' then 'packed_otherwise'
            when held_code = 'MAP-06' then 'no_service'
            when is_unanswered then 'not_accepted'
            when left_contents <> right_contents then if(cancelled_lines > 0, 'lines_not_cancelled', 'contents')
            when warehouse_status = 'held' then if(is_lasting, 'not_released', '')
            when warehouse_status = 'part_shipped' and open_warehouse_orders = 0
                then if(is_lasting, 'shipped_short', '')
            else ''
        end as break_reason
    from timed
)

select
    shop_id,
    order_id,
    has_other_code,
    break_reason,
    case
        when break_reason = 'doubled' then 'duplicate_key'
        when break_reason in ('not_accepted', 'no_service', 'refused', 'no_address') then 'missing_right'
        when break_reason in ('no_label', 'other_shipping_model', 'packed_otherwise') then 'missing_right'
        when break_reason <> '' then 'mismatched'
        when is_waiting and (is_cancel_requested or active_warehouse_orders = 0 and held_code <> '') then 'accepted'
        when is_waiting and (active_warehouse_orders = 0 or warehouse_status in ('sent', 'held')) then 'in_transit'
        when is_cancelled and open_warehouse_orders > 0 then 'in_transit'
        else 'matched'
    end as status
from classified
