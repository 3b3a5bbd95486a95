-- What the bank booked of payouts in transit, signed as journal lines are: from the account for cash in transit to the
-- bank. A match that somebody should confirm first is still in transit.
with deposits as (
    select
        shop_id,
        payment_id,
        strftime(booking_date, '%Y-%m') as month,
        max(booking_date) as booking_date,
        cast(sum(matched_amount) as decimal(18, 4)) as amount
    from {{ ref('rec_payouts__bank_matches') }}
    semi join {{ ref('int_books__transits') }} using (shop_id, payment_id)
    where score >= {{ sure_score() }}
    group by all
)

select
    shop_id,
    payment_id,
    month,
    'deposit' as subject,
    booking_date,
    'in_transit' as line_class,
    amount as signed_amount
from deposits
union all
select
    shop_id,
    payment_id,
    month,
    'deposit' as subject,
    booking_date,
    'bank' as line_class,
    -amount as signed_amount
from deposits
