-- Every month of every payout sums to zero before anything is proposed.
select
    shop_id,
    payment_id,
    month,
    subject,
    sum(signed_amount) as imbalance
from {{ ref('int_books__journal_lines') }}
group by shop_id, payment_id, month, subject
having sum(signed_amount) <> 0
