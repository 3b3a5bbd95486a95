-- The platform's own rate per payment: the only one that a payout was converted with.
select
    shop_id,
    payment_id,
    currency_before_exchange as from_currency,
    currency as to_currency,
    exchange_rate,
    cast(coalesce(paid_at, created_at) as date) as rate_date
from {{ ref('int_payouts__payments') }}
where is_known and not is_surplus
