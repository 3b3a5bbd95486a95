-- What was acknowledged balances, journal by journal.
select
    shop_id,
    payment_id,
    journal_id,
    sum(debit_amount) as debits,
    sum(credit_amount) as credits
from {{ ref('payout_journals') }}
group by shop_id, payment_id, journal_id
having sum(debit_amount) <> sum(credit_amount)
