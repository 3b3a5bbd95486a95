with versions as (
    {{ latest_versions(source('raw_bank', 'entries')) }}
)

select
    id as bank_entry_id,
    payload ->> '$.account_id' as account_id,
    try_cast(payload ->> '$.booking_date' as date) as booking_date,
    try_cast(payload ->> '$.value_date' as date) as value_date,
    {{ amount("payload ->> '$.amount'") }} as amount,
    payload ->> '$.currency' as currency,
    coalesce(payload ->> '$.reference', '') as reference,
    coalesce(payload ->> '$.counterparty', '') as counterparty,
    coalesce(payload ->> '$.remittance', '') as remittance,
    parent_id as file_name,
    {{ faults([
        amount_fault('amount', "(payload ->> '$.amount')"), missing_fault('amount', "(payload ->> '$.amount')"),
        currency_fault('currency', "(payload ->> '$.currency')"),
        "case when try_cast(payload ->> '$.booking_date' as date) is null
              then {'field': 'booking_date', 'value': coalesce(payload ->> '$.booking_date', ''), 'reason': 'not a date'} end",
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
