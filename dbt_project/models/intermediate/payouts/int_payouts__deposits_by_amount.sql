-- Deposits that name no payment and carry its exact amount, in its currency, on its shop's account, in its time.
with payments as (
    select * from {{ ref('int_payouts__expected_deposits') }}
    anti join {{ ref('int_payouts__deposits_by_reference') }} using (shop_id, payment_id)
    where is_paid
),

credits as (
    select * from {{ ref('int_payouts__credits') }}
    anti join {{ ref('int_payouts__deposits_by_reference') }} using (bank_entry_id)
),

candidates as (
    select
        payments.shop_id,
        payments.payment_id,
        credits.bank_entry_id,
        credits.amount,
        credits.is_deleted,
        credits.should_name_payment,
        credits.processor is not null as is_processor,
        abs(credits.booking_date - payments.paid_on) as days_apart
    from payments
    inner join credits
        on
            credits.amount in (payments.amount, payments.computed_amount)
            and payments.currency = credits.currency
            and payments.account_id = credits.account_id
            and credits.booking_date between payments.paid_on and payments.expected_until
    where credits.amount > 0
),

-- A deposit of a known processor that is not deleted leaves the others out of the choice.
best as (
    select * from candidates
    qualify rank() over (partition by shop_id, payment_id order by is_deleted asc, is_processor desc) = 1
),

counted as (
    select
        *,
        count(*) over (partition by shop_id, payment_id) as credit_choices,
        count(*) over (partition by bank_entry_id) as payment_choices,
        row_number() over (partition by bank_entry_id order by days_apart, payment_id) as credit_rank
    from best
),

-- Each deposit goes to its nearest payment first, each payment then takes its nearest deposit.
paired as (
    select * from counted
    where credit_rank = 1
    qualify row_number() over (partition by shop_id, payment_id order by days_apart, bank_entry_id) = 1
)

select
    shop_id,
    payment_id,
    bank_entry_id,
    amount as matched_amount,
    case
        when credit_choices > 1 or payment_choices > 1 then 50
        when is_processor and not should_name_payment then 85
        else 60
    end as score,
    case
        when credit_choices > 1 or payment_choices > 1 then 'one of several with this amount; the nearest in time'
        when
            is_processor and not should_name_payment
            then 'the only one with this amount in time, from a known processor'
        when
            should_name_payment
            then 'the only one with this amount in time, but its payer always names the payment and this one does not'
        else 'the only one with this amount in time, from an unknown payer'
    end as reason,
    '1:1' as match_kind
from paired
