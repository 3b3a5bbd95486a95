-- What the bank booked of payouts in transit, signed as journal lines are: from the account for cash in transit to the
-- bank. A match that a person should confirm first is still in transit, and so is what a deposit brought beyond its
-- payment, where a payment that cannot be read may be the rest.
with shared as (
    select
        shop_id,
        payment_id,
        amount as paid_amount
    from {{ ref('int_payouts__receipts') }}
    where holds_unread_payment
),

deposits as (
    select
        shop_id,
        payment_id,
        strftime(booking_date, '%Y-%m') as month,
        max(booking_date) as booking_date,
        cast(least(sum(matched_amount), any_value(shared.paid_amount)) as decimal(18, 4)) as amount
    from {{ ref('int_payouts__bank_matches') }}
    left join shared using (shop_id, payment_id)
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
