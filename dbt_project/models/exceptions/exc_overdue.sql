-- Orders whose money is late: the day that was promised is past, and no statement ever held a line of them.
{%- set overdue_grace_days = 3 %}

with estimates as (
    select
        unsettled.*,
        promises.promised_at
    from {{ ref('stg_tiktok_shop__unsettled') }} as unsettled
    inner join {{ ref('stg_tiktok_shop__promised_settlements') }} as promises using (shop_id, unsettled_id)
    where
        unsettled.known_until is null
        and len(unsettled.faults) = 0
        and unsettled.order_id is not null
        and unsettled.transaction_type = 'ORDER'
),

-- Statements are what a settlement would be in: their clock counts.
clock as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'statement_transactions'
    group by shop_id
),

-- A transaction that cannot be read may be the one that settles the order.
held as (
    select distinct
        shop_id,
        parent_id as statement_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'statement_transactions'
),

-- A line that was taken back, or a statement that is gone, is reported there.
named as (
    select distinct
        shop_id,
        settled_order_id as order_id
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    where settled_order_id is not null
),

-- A line that names no order, or none that we know, of the same second, may be meant for this one.
unnamed as (
    select distinct
        shop_id,
        order_created_at
    from {{ ref('int_settlements__order_breaks') }}
    where right_amount is null and order_created_at is not null
    union
    select distinct
        shop_id,
        order_created_at
    from {{ ref('int_settlements__transactions') }}
    where transaction_type = 'ORDER' and settled_order_id is null and order_created_at is not null
),

orders as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted and len(faults) = 0
)

select
    'FIN-05' as code,
    estimates.shop_id,
    'order' as entity_type,
    estimates.order_id as entity_id,
    abs(coalesce(estimates.estimated_settlement_amount, 0)) as money_at_risk_amount,
    estimates.currency,
    estimates.promised_at + interval {{ overdue_grace_days }} day as due_at,
    'settled by ' || strftime(estimates.promised_at, '%Y-%m-%d') as expected,
    'in no statement up to ' || strftime(clock.as_of, '%Y-%m-%d') as actual,
    to_json({
        'unsettled_id': estimates.unsettled_id, 'reason': estimates.unsettled_reason,
        'delivered_at': estimates.order_delivered_at
    }) as evidence,
    'settlement overdue' as cause
from estimates
inner join clock using (shop_id)
anti join named on estimates.shop_id = named.shop_id and estimates.order_id = named.order_id
anti join unnamed
    on estimates.shop_id = unnamed.shop_id and estimates.order_created_at = unnamed.order_created_at
left join orders using (shop_id, order_id)
where
    clock.as_of > estimates.promised_at + interval {{ overdue_grace_days }} day
    -- Waiting for a return to end is what the platform does, and a cancelled order has nothing to settle.
    and not contains(coalesce(estimates.unsettled_reason, ''), 'REFUND_RETURN')
    and orders.order_status is distinct from 'CANCELLED'
    and not exists (
        select 1 from held
        where held.shop_id = estimates.shop_id
    )
qualify row_number() over (
    partition by estimates.shop_id, estimates.order_id order by estimates.promised_at, estimates.unsettled_id
) = 1
