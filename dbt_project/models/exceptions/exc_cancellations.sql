-- Cancellations that one side has and the other has not, or that came too late. One row per order.
with breaks as (
    select
        *,
        case break_reason
            when 'not_cancelled_there' then 'CAN-01'
            when 'cancelled_too_late' then 'CAN-02'
            when 'shipped_after_cancelling' then 'CAN-04'
            when 'cancelled_there' then 'CAN-06'
            when 'lines_not_cancelled' then 'CAN-07'
        end as code,
        coalesce(nullif(cancellation_held_because, ''), nullif(cancellation_error, '')) as reported
    from {{ ref('rec_orders__tiktok_shop_vs_fulfilment') }}
),

-- A cancellation by TikTok Shop itself has its own code.
taken_back as (
    select
        'CAN-01' as code,
        shop_id,
        entity_id as order_id
    from {{ ref('exc_cancellation_requests') }}
    where entity_type = 'order'
)

select
    breaks.code,
    breaks.shop_id,
    'order' as entity_type,
    breaks.order_id as entity_id,
    breaks.total_amount as money_at_risk_amount,
    breaks.currency,
    if(breaks.order_status = 'CANCELLED', null, breaks.ready_to_ship_due_at) as due_at,
    case breaks.break_reason
        when 'cancelled_there' then 'worked on: TikTok Shop says ' || breaks.order_status
        when 'lines_not_cancelled' then breaks.left_contents
        else 'stopped: cancelled on TikTok Shop at ' || strftime(breaks.cancelled_at, '%Y-%m-%d %H:%M') || ' UTC'
    end as expected,
    case breaks.break_reason
        when 'not_cancelled_there'
            then coalesce(breaks.reported, if(breaks.is_cancellation_due, 'not sent', 'sent, and no answer'))
        when 'cancelled_too_late' then coalesce(breaks.reported, 'had left before')
        when 'shipped_after_cancelling' then 'left all the same'
        when 'cancelled_there' then 'cancelled, or nothing of it shipped, in ' || breaks.system
        when 'lines_not_cancelled' then breaks.right_contents
    end as actual,
    to_json({
        'system': breaks.system, 'location': breaks.location, 'warehouse_orders': breaks.warehouse_order_ids,
        'warehouse_status': breaks.warehouse_status, 'shipped_at': breaks.shipped_at
    }) as evidence,
    replace(breaks.break_reason, '_', ' ') as cause,
    if(
        breaks.code = 'CAN-07',
        {{ severity_by_clock(2, 'breaks.clock_from', 'breaks.ready_to_ship_due_at', 'breaks.as_of') }}, null
    ) as severity
from breaks
anti join taken_back using (code, shop_id, order_id)
where breaks.code is not null
