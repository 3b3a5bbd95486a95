-- Deposits that name a payment, by its full id or by eight or more of its last digits.
with payments as (
    select * from {{ ref('int_payouts__expected_deposits') }}
),

credits as (
    select * from {{ ref('int_payouts__credits') }}
),

words as (
    select
        bank_entry_id,
        regexp_replace(unnest(words), '[^0-9]', '', 'g') as digits
    from credits
),

hits as (
    select
        payments.shop_id,
        payments.payment_id,
        words.bank_entry_id,
        max(if(contains(words.digits, payments.payment_id), 100, 95)) as score
    from payments
    inner join words
        on
            right(payments.payment_id, 8) = right(words.digits, 8)
            and length(words.digits) >= 8
            and (ends_with(payments.payment_id, words.digits) or ends_with(words.digits, payments.payment_id))
    group by payments.shop_id, payments.payment_id, words.bank_entry_id
),

named as (
    select * from hits
    qualify rank() over (partition by bank_entry_id order by score desc) = 1
),

-- A deleted deposit counts only where the others do not suffice.
chosen as (
    select
        named.*,
        credits.amount as credit_amount,
        credits.is_deleted,
        credits.booking_date,
        -- No transfer takes a month, none arrives before it was sent, a bank's two dates are days apart and not weeks,
        -- and each shop has its own account.
        coalesce(credits.booking_date not between payments.paid_on and payments.expected_until + 20, false)
        or coalesce(abs(credits.booking_date - credits.value_date) > 10, false)
        or coalesce(credits.account_id <> payments.account_id, false) as is_out_of_place,
        payments.amount,
        payments.computed_amount,
        coalesce(sum(credits.amount) filter (where not credits.is_deleted) over payment, 0) as live_amount,
        coalesce(sum(credits.amount) over payment, 0) as whole_amount,
        count(*) filter (where not credits.is_deleted) over payment as live_count
    from named
    inner join credits using (bank_entry_id)
    inner join payments using (shop_id, payment_id)
    window payment as (partition by named.shop_id, named.payment_id)
    qualify
        not credits.is_deleted or live_count = 0 or (live_amount <> payments.amount and whole_amount = payments.amount)
)

select
    *,
    count(*) over (partition by shop_id, payment_id) as deposit_count,
    count(*) over (partition by bank_entry_id) as payment_count
from chosen
