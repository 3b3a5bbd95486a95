{{ config(contract={'enforced': true}) }}


-- One row per shop, currency and month end that has passed: what had been earned and not settled, and whether all that
-- this needs was read. A shop without such orders has a row too.
with first_orders as (
    select
        shop_id,
        min(created_at) as created_at
    from {{ ref('stg_tiktok_shop__orders') }}
    group by shop_id
),

months as (
    select
        first_orders.shop_id,
        unnest(generate_series(
            date_trunc('month', first_orders.created_at) + interval 1 month, clock.as_of, interval 1 month
        )) as month_end
    from first_orders
    inner join {{ ref('int_coverage__as_of') }} as clock on first_orders.shop_id = clock.shop_id
),

-- When TikTok Shop's list of estimates was read for the first time: what it held before is not shown again.
first_lists as (
    select
        shop_id,
        min(known_from) as first_read_at
    from {{ ref('stg_tiktok_shop__unsettled') }}
    group by shop_id
),

sums as (
    select
        shop_id,
        month_end,
        currency,
        count(*) filter (where accrual_status = 'delivered') as orders_delivered,
        count(*) filter (where accrual_status = 'not_delivered') as orders_not_delivered,
        count(*) filter (where accrual_status = 'delivery_unknown') as orders_delivery_unknown,
        count(*) filter (where accrual_status = 'delivered' and basis in ('statement', 'later_estimate'))
            as orders_filled,
        count(*) filter (where accrual_status = 'delivered' and basis = 'none') as orders_without_amount,
        cast(coalesce(sum(accrued_amount), 0) as decimal(18, 4)) as accrued_amount,
        cast(coalesce(sum(settled_amount) filter (where accrual_status = 'delivered'), 0) as decimal(18, 4))
            as settled_since_amount
    from {{ ref('accruals') }}
    group by shop_id, month_end, currency
),

reasons as (
    select
        months.shop_id,
        months.month_end,
        sums.* exclude (shop_id, month_end),
        list_filter([
            if(
                first_lists.first_read_at is null or first_lists.first_read_at > months.month_end,
                'the list of estimates was first read after it: amounts are of later statements and estimates',
                null
            ),
            if(
                sums.orders_without_amount > 0,
                sums.orders_without_amount || ' delivered orders have no amount yet',
                null
            ),
            if(
                sums.orders_delivery_unknown > 0,
                sums.orders_delivery_unknown || ' orders do not say when they were delivered',
                null
            )
        ], lambda gap: gap is not null) as gaps
    from months
    left join sums on months.shop_id = sums.shop_id and months.month_end = sums.month_end
    left join first_lists on months.shop_id = first_lists.shop_id
)

select
    strftime(month_end - interval 1 day, '%Y-%m') as month,
    month_end,
    shop_id,
    currency,
    coalesce(orders_delivered, 0) as orders_delivered,
    coalesce(orders_not_delivered, 0) as orders_not_delivered,
    coalesce(orders_filled, 0) as orders_filled,
    cast(coalesce(accrued_amount, 0) as decimal(18, 4)) as accrued_amount,
    cast(coalesce(settled_since_amount, 0) as decimal(18, 4)) as settled_since_amount,
    if(len(gaps) = 0, 'complete', 'incomplete') as coverage,
    array_to_string(gaps, '; ') as coverage_reason
from reasons
