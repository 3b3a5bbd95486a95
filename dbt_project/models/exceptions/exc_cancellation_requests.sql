-- Cancellations by themselves: a buyer's request that waits for its answer, and orders that TikTok Shop took back.
with clock as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'cancellations'
    group by shop_id
),

cancellations as (
    select
        cancellations.shop_id,
        cancellations.cancel_id,
        cancellations.order_id,
        cancellations.cancel_status,
        cancellations.role,
        cancellations.reason,
        cancellations.requested_at,
        cancellations.answer_due_at,
        clock.as_of >= cancellations.observed_at + interval 15 minute as is_left_waiting,
        coalesce(orders.total_amount, 0) as total_amount,
        orders.currency,
        orders.paid_at
    from {{ ref('stg_tiktok_shop__cancellations') }} as cancellations
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on cancellations.shop_id = orders.shop_id and cancellations.order_id = orders.order_id
    left join clock on cancellations.shop_id = clock.shop_id
    where not cancellations.is_deleted
),

-- That it shipped all the same is an exception of the order.
too_late as (
    select
        shop_id,
        order_id
    from {{ ref('rec_orders__tiktok_shop_vs_fulfilment') }}
    where break_reason in ('cancelled_too_late', 'shipped_after_cancelling')
)

select
    'CAN-03' as code,
    shop_id,
    'cancellation' as entity_type,
    cancel_id as entity_id,
    total_amount as money_at_risk_amount,
    currency,
    answer_due_at as due_at,
    'answered by ' || coalesce(strftime(answer_due_at, '%Y-%m-%d %H:%M') || ' UTC', 'its deadline') as expected,
    'asked by the buyer, and not answered' as actual,
    to_json({'order_id': order_id, 'reason': reason, 'requested_at': requested_at}) as evidence,
    'no answer' as cause
from cancellations
where cancel_status = 'CANCELLATION_REQUEST_PENDING' and is_left_waiting
union all by name
-- Over once the buyer has his money and nothing is left to stop.
select
    'CAN-05' as code,
    cancellations.shop_id,
    'order' as entity_type,
    cancellations.order_id as entity_id,
    max(cancellations.total_amount) as money_at_risk_amount,
    min(cancellations.currency) as currency,
    cast(null as timestamptz) as due_at,
    'shipped before TikTok Shop cancels it' as expected,
    'cancelled by TikTok Shop: ' || min(cancellations.reason) as actual,
    to_json({
        'cancel_ids': list(cancellations.cancel_id order by cancellations.cancel_id),
        'warehouse_status': min(warehouse_orders.warehouse_status)
    }) as evidence,
    'deadline missed' as cause
from cancellations
left join {{ ref('int_orders__warehouse_orders') }} as warehouse_orders
    on cancellations.order_id = warehouse_orders.order_id
anti join too_late
    on cancellations.shop_id = too_late.shop_id and cancellations.order_id = too_late.order_id
where
    cancellations.role = 'SYSTEM'
    and cancellations.paid_at is not null
    and (
        cancellations.cancel_status <> 'CANCELLATION_REQUEST_COMPLETE'
        or coalesce(warehouse_orders.open_warehouse_orders, 0) > 0
    )
group by cancellations.shop_id, cancellations.order_id
