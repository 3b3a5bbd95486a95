-- Money that came in or went out in a payout's name, one row per booked bank entry. A copy carries everything but the
-- bank's own id. What is announced only, pending or informational, is no money.
with entries as (
    select
        entries.*,
        statements.starts_at,
        statements.ends_at,
        statements.opening_amount,
        statements.closing_amount,
        coalesce(statements.adds_up, false) as is_proven
    from {{ ref('stg_bank__entries') }} as entries
    left join {{ ref('int_bank__statement_pages') }} as pages on entries.statement_id = pages.bank_statement_id
    left join {{ ref('int_bank__statements') }} as statements on pages.document_id = statements.document_id
    where len(entries.faults) = 0 and entries.is_booked
),

alike as (
    select
        *,
        md5(concat_ws(
            '|', account_id, is_deleted, booking_date, value_date, amount, currency, reference, counterparty,
            remittance, batch_part
        )) as likeness,
        row_number() over (
            partition by likeness, statement_id order by first_observed_at, length(bank_entry_id), bank_entry_id
        ) as number_in_statement,
        row_number() over (
            partition by likeness order by first_observed_at, length(bank_entry_id), bank_entry_id
        ) as number_of_all
    from entries
),

-- Two statements that both add up and are of different times, or the one of which begins with what the other ends with,
-- have both entries, however alike. What a statement repeats of another one with the bank's own reference is the same
-- entry once more, and nothing to look at.
repeated as (
    select
        later.bank_entry_id,
        bool_and(later.bank_reference <> '' and later.bank_reference = earlier.bank_reference) as is_delivered_again
    from alike as later
    inner join alike as earlier on later.likeness = earlier.likeness and later.number_of_all > earlier.number_of_all
    where
        later.statement_id <> earlier.statement_id
        and not (
            later.is_proven and earlier.is_proven
            and (
                later.starts_at >= earlier.ends_at
                or earlier.starts_at >= later.ends_at
                or coalesce(later.opening_amount <> later.closing_amount and (
                    later.opening_amount = earlier.closing_amount or earlier.opening_amount = later.closing_amount
                ), false)
            )
        )
    group by later.bank_entry_id
)

select
    alike.bank_entry_id,
    alike.account_id,
    alike.booking_date,
    alike.value_date,
    alike.amount,
    alike.currency,
    alike.reference,
    alike.counterparty,
    alike.remittance,
    list_distinct(regexp_extract_all(
        concat_ws(' ', alike.reference, alike.remittance, alike.other_references), '[A-Za-z0-9]{8,}'
    )) as words,
    alike.is_deleted,
    not alike.is_deleted and (alike.number_in_statement > 1 or repeated.bank_entry_id is not null) as is_copy,
    coalesce(repeated.is_delivered_again, false) and alike.number_in_statement = 1 as is_delivered_again,
    alike.first_observed_at,
    alike.observed_at
from alike
left join repeated using (bank_entry_id)
