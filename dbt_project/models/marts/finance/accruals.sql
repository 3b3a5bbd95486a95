{{ config(contract={'enforced': true}) }}


-- What was earned but not settled at each month end, as it was known then; trued up by what settled later.
with spans as (
    select * from {{ ref('stg_tiktok_shop__unsettled') }}
    where len(faults) = 0 and order_id is not null
),

bounds as (
    select
        min(known_from) as first_known,
        (select max(clock.as_of) from {{ ref('int_coverage__as_of') }} as clock) as as_of
    from spans
),

month_ends as (
    select
        cast(month_start + interval 1 month as timestamptz) as month_end,
        strftime(month_start, '%Y-%m') as month
    from (
        select
            unnest(generate_series(date_trunc('month', first_known - interval 1 day), as_of, interval 1 month))
                as month_start
        from bounds
    ) as months
    where month_start + interval 1 month <= (select bounds.as_of from bounds)
),

-- The last that was known of each estimate at the month end; one that had left the list is in limbo until it settles.
known as (
    select
        month_ends.month,
        month_ends.month_end,
        spans.*
    from month_ends
    inner join spans on month_ends.month_end >= spans.known_from
    qualify row_number() over (
        partition by month_ends.month, spans.shop_id, spans.unsettled_id order by spans.known_from desc
    ) = 1
),

settled as (
    select
        shop_id,
        transactions.settled_order_id as order_id,
        min(statements.statement_at) as settled_at,
        cast(sum(transactions.settlement_amount) as decimal(18, 4)) as settled_amount
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where transactions.settled_order_id is not null and not transactions.is_surplus and not statements.is_deleted
    group by shop_id, transactions.settled_order_id
)

select
    known.month,
    known.shop_id,
    known.order_id,
    known.unsettled_id,
    if(known.is_deleted, 'limbo', 'unsettled') as accrual_status,
    known.estimated_settlement_amount,
    known.estimated_revenue_amount,
    known.estimated_shipping_cost_amount,
    known.estimated_fee_tax_amount,
    known.currency,
    known.order_delivered_at,
    known.known_from as estimated_at,
    settled.settled_at,
    settled.settled_amount,
    settled.settled_amount - known.estimated_settlement_amount as variance_amount
from known
left join settled
    on known.shop_id = settled.shop_id and known.order_id = settled.order_id
where settled.settled_at is null or settled.settled_at > known.month_end
