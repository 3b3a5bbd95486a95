{{ config(meta={'dagster': {'ref': {'name': 'payouts'}}}) }}

-- Two routes to one number: what the journals of a payout put on the bank account and on the way to it, and what the
-- payout brought.
select
    payouts.shop_id,
    payouts.payment_id,
    payouts.amount,
    sum(journals.debit_amount - journals.credit_amount) as banked
from {{ ref('payouts') }} as payouts
inner join {{ ref('payout_journals') }} as journals using (shop_id, payment_id)
where journals.line_class in ('bank', 'in_transit') and payouts.books_status = 'posted'
group by payouts.shop_id, payouts.payment_id, payouts.amount
having payouts.amount <> sum(journals.debit_amount - journals.credit_amount)
