-- Commission far above what the shop's other sales of that time were charged: at more than twice the middle rate of the
-- statements around it, and too much by more than 1.00. Fees per order or item, cards and creators' commissions differ
-- too much to be compared. A line that was changed after it was first read is left to FIN-17, one that does not add up
-- to FIN-03. TikTok Shop publishes no bounds; these are ours:
-- times: rates of categories and promotions lie closer together than that.
-- days: a quarter in all, before and after; rates change by announcement, and a small shop has few sales a week.
-- lines: of fewer the middle is the rate of one or two sales.
{%- set most_times, days_around, least_lines = 2, 45, 10 %}

with rates as (
    select
        rates.*,
        statements.statement_at,
        statements.currency
    from {{ ref('int_settlements__fee_rates') }} as rates
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where statements.arithmetic = 'sound'
),

peers as (
    select
        rates.shop_id,
        rates.statement_id,
        rates.fee_key,
        quantile_disc(peers.middle_rate, 0.5) as usual_rate
    from rates
    inner join rates as peers
        on
            rates.shop_id = peers.shop_id
            and rates.fee_key = peers.fee_key
            and peers.statement_at
            between rates.statement_at - interval {{ days_around }} day
            and rates.statement_at + interval {{ days_around }} day
    where len(rates.highest) > 0
    group by rates.shop_id, rates.statement_id, rates.fee_key
    having sum(peers.line_count) >= {{ least_lines }}
),

charged as (
    select
        rates.shop_id,
        rates.statement_id,
        rates.fee_key,
        rates.currency,
        peers.usual_rate,
        unnest(rates.highest) as line
    from rates
    inner join peers using (shop_id, statement_id, fee_key)
),

compared as (
    select
        *,
        cast(
            cast({{ to_minor_units('line.goods_amount') }} as hugeint) * usual_rate // 1000000 as decimal(28, 0)
        ) * 0.0001 as usual_amount
    from charged
)

select
    'FIN-08' as code,
    compared.shop_id,
    'transaction' as entity_type,
    compared.line.transaction_id as entity_id,
    cast(max(compared.line.charged_amount - compared.usual_amount) as decimal(18, 4)) as money_at_risk_amount,
    min(compared.currency) as currency,
    cast(null as timestamptz) as due_at,
    'about ' || {{ money_text('max(compared.usual_amount)') }} || ', as other sales of that time' as expected,
    {{ money_text('max(compared.line.charged_amount)') }} || ' for goods of '
    || {{ money_text('max(compared.line.goods_amount)') }} as actual,
    to_json({
        'statement_id': any_value(compared.statement_id), 'order_id': any_value(compared.line.order_id),
        'fee_key': min(compared.fee_key)
    }) as evidence,
    'commission rate far above others' as cause
from compared
anti join {{ ref('exc_restatements') }} as restated
    on compared.shop_id = restated.shop_id and compared.statement_id = restated.entity_id
where
    compared.line.rate > compared.usual_rate * {{ most_times }}
    and compared.line.charged_amount - compared.usual_amount > {{ least_fee_claim() }}
group by compared.shop_id, compared.line.transaction_id
