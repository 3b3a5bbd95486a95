{{ config(meta={'dagster': {'ref': {'name': 'channel_profit_daily'}}}) }}

-- Two routes to one number: the marts by order, line item and day, and the settlement lines that payouts are made of.
with settled as (
    select
        shop_id,
        currency,
        sum(amount - vat_amount) as amount
    from {{ ref('payout_lines') }}
    where line_class not in ('reserve_held', 'reserve_released', 'fee_tax', 'withheld_tax', 'memo')
    group by shop_id, currency
),

by_day as (
    select
        shop_id,
        currency,
        sum(profit_amount) as profit_amount,
        sum(profit_amount - cost_of_goods_amount) as settled_amount
    from {{ ref('channel_profit_daily') }}
    group by shop_id, currency
),

samples as (
    select
        shop_id,
        currency,
        sum(amount) as amount
    from {{ ref('int_profit__entries') }}
    where step = 'samples'
    group by shop_id, currency
)

select *
from by_day
full join settled using (shop_id, currency)
left join samples using (shop_id, currency)
where by_day.settled_amount - coalesce(samples.amount, 0) is distinct from settled.amount
