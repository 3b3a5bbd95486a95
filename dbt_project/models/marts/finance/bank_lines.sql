{{ config(contract={'enforced': true}) }}

-- Every line of a bank statement that was ever read, and the one place where its money is accounted for.
select
    bank_entry_id,
    account_id,
    statement_id,
    booking_date,
    value_date,
    amount,
    currency,
    counterparty,
    reference,
    remittance,
    processor,
    payment_ids,
    matched_amount,
    place,
    reason
from {{ ref('int_bank__lines') }}
