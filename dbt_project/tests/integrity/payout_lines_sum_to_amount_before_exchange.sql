{{ config(meta={'dagster': {'ref': {'name': 'payouts'}}}) }}

-- Two routes to one number: what a payout says before exchange, and the sum of its lines. Payouts whose lines break are
-- shown as exceptions; a payout that is called tied must agree exactly.
select
    payouts.shop_id,
    payouts.payment_id,
    payouts.amount_before_exchange,
    sum(lines.amount) as lines_amount
from {{ ref('payouts') }} as payouts
left join {{ ref('payout_lines') }} as lines using (shop_id, payment_id)
where payouts.tie_out_status in ('tied', 'in_transit', 'processing')
group by payouts.shop_id, payouts.payment_id, payouts.amount_before_exchange
having payouts.amount_before_exchange is distinct from sum(lines.amount)
