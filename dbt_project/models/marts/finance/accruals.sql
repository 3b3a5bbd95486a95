{{ config(contract={'enforced': true}) }}
{%- set parts = ['revenue', 'shipping_cost', 'fee_tax', 'adjustment'] %}


-- What was sold and not settled at each month end: one row per order that was not cancelled, with whether it had been
-- delivered, and with what it was to bring as known then. What no list showed then is filled from what came later.
with estimates as (
    select * from {{ ref('stg_tiktok_shop__unsettled') }}
    where len(faults) = 0 and order_id is not null
),

estimated as (
    select
        shop_id,
        order_id,
        min(order_created_at) as created_at,
        max(order_delivered_at) as delivered_at,
        any_value(currency) as currency
    from estimates
    group by shop_id, order_id
),

sold as (
    select
        coalesce(orders.shop_id, estimated.shop_id) as shop_id,
        coalesce(orders.order_id, estimated.order_id) as order_id,
        coalesce(orders.order_status, '') as order_status,
        orders.total_amount,
        coalesce(orders.currency, estimated.currency) as currency,
        coalesce(orders.created_at, estimated.created_at) as created_at,
        coalesce(orders.delivered_at, estimated.delivered_at) as delivered_at
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    full join estimated on orders.shop_id = estimated.shop_id and orders.order_id = estimated.order_id
    where coalesce(orders.order_status, '') not in ('CANCELLED', 'UNPAID') and not coalesce(orders.is_deleted, false)
),

settled as (
    select
        shop_id,
        transactions.settled_order_id as order_id,
        min(statements.statement_at) as settled_at,
        cast(sum(transactions.settlement_amount) as decimal(18, 4)) as settled_amount,
        {%- for part in parts %}
            cast(sum(coalesce(transactions.{{ part }}_amount, 0)) as decimal(18, 4)) as {{ part }}_amount
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where transactions.settled_order_id is not null and not transactions.is_surplus and not statements.is_deleted
    group by shop_id, transactions.settled_order_id
),

open_orders as (
    select
        sold.*,
        unnest(generate_series(
            date_trunc('month', sold.created_at) + interval 1 month,
            least(clock.as_of, coalesce(settled.settled_at - interval 1 microsecond, clock.as_of)),
            interval 1 month
        )) as month_end
    from sold
    inner join {{ ref('int_coverage__as_of') }} as clock on sold.shop_id = clock.shop_id
    left join settled on sold.shop_id = settled.shop_id and sold.order_id = settled.order_id
),

-- Of each estimate the last version before the month end, or else the first one after it.
reported as (
    select
        open_orders.shop_id,
        open_orders.order_id,
        open_orders.month_end,
        estimates.* exclude (shop_id, order_id, currency),
        estimates.known_from <= open_orders.month_end as is_known_then
    from open_orders
    inner join estimates
        on open_orders.shop_id = estimates.shop_id and open_orders.order_id = estimates.order_id
    qualify row_number() over (
        partition by open_orders.shop_id, open_orders.order_id, open_orders.month_end, estimates.unsettled_id
        order by is_known_then desc, abs(epoch(estimates.known_from) - epoch(open_orders.month_end))
    ) = 1
),

summed as (
    select
        shop_id,
        order_id,
        month_end,
        is_known_then,
        bool_and(is_deleted) as is_off_the_list,
        list(unsettled_id order by unsettled_id) as unsettled_ids,
        max(known_from) as estimated_at,
        cast(sum(estimated_settlement_amount) as decimal(18, 4)) as estimated_settlement_amount,
        {%- for part in parts %}
            cast(sum(coalesce(estimated_{{ part }}_amount, 0)) as decimal(18, 4)) as estimated_{{ part }}_amount
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from reported
    group by shop_id, order_id, month_end, is_known_then
    qualify row_number() over (partition by shop_id, order_id, month_end order by is_known_then desc) = 1
)

select
    strftime(open_orders.month_end - interval 1 day, '%Y-%m') as month,
    open_orders.month_end,
    open_orders.shop_id,
    open_orders.order_id,
    coalesce(summed.unsettled_ids, []) as unsettled_ids,
    case
        when open_orders.delivered_at <= open_orders.month_end then 'delivered'
        when open_orders.delivered_at is null and open_orders.order_status in ('DELIVERED', 'COMPLETED')
            then 'delivery_unknown'
        else 'not_delivered'
    end as accrual_status,
    case
        when summed.is_known_then then if(summed.is_off_the_list, 'last_estimate', 'estimate')
        when settled.order_id is not null then 'statement'
        when summed.order_id is not null then 'later_estimate'
        when open_orders.total_amount = 0 then 'free'
        else 'none'
    end as basis,
    if(summed.is_known_then, summed.estimated_settlement_amount, null) as estimated_settlement_amount,
    {{ accrual_amount('settled_amount', 'estimated_settlement_amount') }} as settlement_amount,
    {%- for part in parts %}
        {{ accrual_amount(part ~ '_amount', 'estimated_' ~ part ~ '_amount') }} as {{ part }}_amount,
    {%- endfor %}
    if(accrual_status = 'delivered', settlement_amount, 0) as accrued_amount,
    open_orders.currency,
    open_orders.delivered_at as order_delivered_at,
    summed.estimated_at,
    settled.settled_at,
    settled.settled_amount,
    settled.settled_amount - if(summed.is_known_then, summed.estimated_settlement_amount, null) as variance_amount
from open_orders
left join summed using (shop_id, order_id, month_end)
left join settled on open_orders.shop_id = settled.shop_id and open_orders.order_id = settled.order_id
