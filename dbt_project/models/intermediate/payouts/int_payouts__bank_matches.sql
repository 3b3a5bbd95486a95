-- Every share of a bank entry that belongs to a payment, one row per payment and entry.
select
    shop_id,
    payment_id,
    bank_entry_id,
    account_id,
    booking_date,
    value_date,
    matched_amount,
    currency,
    score,
    reason,
    match_kind,
    observed_at
from {{ ref('int_payouts__bank_shares') }}
where not is_deleted
