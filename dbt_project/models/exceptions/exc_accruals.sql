-- Settlements that contradict what was known of the order: far from its last estimate, or before it was dispatched.
{%- set variance_amount = 5 %}
{%- set variance_percent = 10 %}

with estimates as (
    select *
    from {{ ref('stg_tiktok_shop__unsettled') }}
    where known_until is null and len(faults) = 0 and order_id is not null and transaction_type = 'ORDER'
),

-- A line that was given another order after it was posted contradicts no estimate: its statement says so.
relabelled as (
    select
        shop_id,
        unnest(relabelled_ids) as transaction_id
    from {{ ref('exc_restatements__changed') }}
),

settled as (
    select
        transactions.shop_id,
        transactions.settled_order_id as order_id,
        cast(sum(transactions.settlement_amount) as decimal(18, 4)) as settled_amount,
        coalesce(bool_or(transactions.is_broken or statements.arithmetic <> 'sound'), false) as is_broken,
        coalesce(bool_or(transactions.sold_amount > 0), false) as is_sold,
        max(statements.statement_at) as settled_at,
        list(transactions.transaction_id order by transactions.transaction_id) as transaction_ids
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    anti join relabelled using (shop_id, transaction_id)
    where
        transactions.settled_order_id is not null
        and transactions.transaction_type = 'ORDER'
        and not transactions.is_surplus
        and not transactions.is_quarantined
        and statements.arithmetic not in ('deleted', 'surplus')
    group by transactions.shop_id, transactions.settled_order_id
),

-- What was given back explains a settlement that is smaller, or nothing at all.
refunded as (
    select distinct
        shop_id,
        order_id
    from {{ ref('int_settlements__lines') }}
    where line_class = 'refund' and order_id is not null
),

orders as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted and len(faults) = 0
),

-- An order that contradicts its settlement, or was charged a commission like no other, has that exception.
reported as (
    select
        shop_id,
        entity_id as order_id
    from {{ ref('exc_orders') }}
    where code = 'FIN-24'
    union
    select
        shop_id,
        evidence ->> '$.order_id' as order_id
    from {{ ref('exc_fees') }}
),

compared as (
    select
        estimates.*,
        settled.settled_amount,
        settled.transaction_ids,
        abs(settled.settled_amount - estimates.estimated_settlement_amount) as variance_amount
    from estimates
    inner join settled using (shop_id, order_id)
    anti join refunded using (shop_id, order_id)
    anti join reported using (shop_id, order_id)
    where not settled.is_broken
    qualify row_number() over (
        partition by estimates.shop_id, estimates.order_id
        order by estimates.known_from desc, estimates.unsettled_id asc
    ) = 1
),

varied as (
    select
        'FIN-16' as code,
        shop_id,
        'order' as entity_type,
        order_id as entity_id,
        variance_amount as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        'about ' || {{ money_text('estimated_settlement_amount') }} || ', as last estimated' as expected,
        'settled ' || {{ money_text('settled_amount') }} as actual,
        to_json({'unsettled_id': unsettled_id, 'transaction_ids': transaction_ids}) as evidence,
        'estimate far off' as cause
    from compared
    where
        variance_amount >= {{ variance_amount }}
        and cast(variance_amount as decimal(38, 4)) * 100
        >= abs(cast(estimated_settlement_amount as decimal(38, 4))) * {{ variance_percent }}
),

-- Money comes after delivery. An order that was read after its statement and still waits in the warehouse contradicts.
undispatched as (
    select
        'FIN-12' as code,
        orders.shop_id,
        'order' as entity_type,
        orders.order_id as entity_id,
        abs(settled.settled_amount) as money_at_risk_amount,
        orders.currency,
        cast(null as timestamptz) as due_at,
        'dispatched before it settles' as expected,
        'settled ' || {{ money_text('settled.settled_amount') }} || ', and ' || orders.order_status as actual,
        to_json({'transaction_ids': settled.transaction_ids, 'settled_at': settled.settled_at}) as evidence,
        'settled without dispatch' as cause
    from orders
    inner join settled using (shop_id, order_id)
    where
        orders.order_status in ('UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'AWAITING_COLLECTION')
        and settled.is_sold
        and orders.observed_at >= settled.settled_at
)

select * from varied
union all by name
select * from undispatched
