{{ config(contract={'enforced': true}) }}


select
    payment_id,
    shop_id,
    bank_entry_id,
    account_id,
    booking_date,
    value_date,
    matched_amount,
    currency,
    match_kind,
    score,
    reason
from {{ ref('int_payouts__bank_matches') }}
