with versions as (
    {{ latest_versions(source('raw_bank', 'entries')) }}
)

select
    id as bank_entry_id,
    payload ->> '$.account_id' as account_id,
    payload ->> '$.statement' as statement_id,
    -- What was read before there was a status, or from a file without one, is booked.
    coalesce(nullif(payload ->> '$.status', ''), 'BOOK') as entry_status,
    coalesce(nullif(payload ->> '$.status', ''), 'BOOK') = 'BOOK' as is_booked,
    coalesce(payload ->> '$.bank_reference', '') as bank_reference,
    try_cast(payload ->> '$.booking_date' as date) as booking_date,
    try_cast(payload ->> '$.value_date' as date) as value_date,
    {{ amount("payload ->> '$.amount'") }} as amount,
    payload ->> '$.currency' as currency,
    coalesce(payload ->> '$.account_currency', payload ->> '$.currency') as account_currency,
    coalesce(try_cast(payload ->> '$.part' as integer), 0) as batch_part,
    coalesce(payload ->> '$.reference', '') as reference,
    coalesce(payload ->> '$.counterparty', '') as counterparty,
    coalesce(payload ->> '$.remittance', '') as remittance,
    -- Every other reference of the entry, wherever the bank put it.
    coalesce(payload ->> '$.references', '') as other_references,
    {{ faults([
        amount_fault('amount', "(payload ->> '$.amount')"), missing_fault('amount', "(payload ->> '$.amount')"),
        currency_fault('currency', "(payload ->> '$.currency')"),
        "case when try_cast(payload ->> '$.booking_date' as date) is null
                and (coalesce(payload ->> '$.status', '') in ('', 'BOOK') or coalesce(payload ->> '$.booking_date', '') <> '')
              then {'field': 'booking_date', 'value': coalesce(payload ->> '$.booking_date', ''), 'reason': 'not a date'} end",
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
