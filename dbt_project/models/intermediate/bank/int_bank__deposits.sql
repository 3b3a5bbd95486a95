-- Money that came in or went out in a payout's name, one row per bank entry. A copy carries everything but the
-- bank's own id.
with entries as (
    select * from {{ ref('stg_bank__entries') }}
    where len(faults) = 0
),

copies as (
    select
        *,
        not is_deleted and row_number() over (
            partition by
                account_id, is_deleted, booking_date, value_date, amount, currency, reference, counterparty, remittance
            order by first_observed_at, length(bank_entry_id), bank_entry_id
        ) > 1 as is_copy
    from entries
)

select
    bank_entry_id,
    account_id,
    booking_date,
    value_date,
    amount,
    currency,
    reference,
    counterparty,
    remittance,
    list_distinct(regexp_extract_all(reference || ' ' || remittance, '[A-Za-z0-9]{8,}')) as words,
    is_deleted,
    is_copy,
    first_observed_at,
    observed_at
from copies
