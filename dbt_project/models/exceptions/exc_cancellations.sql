-- Cancellations that one side has and the other has not, or that came too late. One row per order.
with parted as (
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
    parted.code,
    parted.shop_id,
    'order' as entity_type,
    parted.order_id as entity_id,
    parted.total_amount as money_at_risk_amount,
    parted.currency,
    if(parted.order_status = 'CANCELLED', null, parted.ready_to_ship_due_at) as due_at,
    case parted.break_reason
        when 'cancelled_there' then 'worked on: TikTok Shop says ' || parted.order_status
        when 'lines_not_cancelled' then parted.left_contents
        else 'stopped: cancelled on TikTok Shop at ' || strftime(parted.cancelled_at, '%Y-%m-%d %H:%M') || ' UTC'
    end as expected,
    case parted.break_reason
        when 'not_cancelled_there'
            then coalesce(parted.reported, if(parted.is_cancellation_due, 'not sent', 'sent, and no answer'))
        when 'cancelled_too_late' then coalesce(parted.reported, 'had left before')
        when 'shipped_after_cancelling' then 'left all the same'
        when 'cancelled_there' then 'cancelled, or nothing of it shipped, in ' || parted.system
        when 'lines_not_cancelled' then parted.right_contents
    end as actual,
    to_json({
        'system': parted.system, 'location': parted.location, 'warehouse_orders': parted.warehouse_order_ids,
        'warehouse_status': parted.warehouse_status, 'shipped_at': parted.shipped_at
    }) as evidence,
    replace(parted.break_reason, '_', ' ') as cause,
    if(
        parted.code = 'CAN-07',
        {{ severity_by_clock(2, 'parted.clock_from', 'parted.ready_to_ship_due_at', 'parted.as_of') }}, null
    ) as severity
from parted
anti join taken_back using (code, shop_id, order_id)
where parted.code is not null
