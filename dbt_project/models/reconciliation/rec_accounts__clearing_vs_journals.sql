-- One row per clearing account and currency: what tieout posted there against the balance of the books' own lines, from
-- the month of the first journal on (debit positive). Differences are listed by entry, or reported for the journal
-- concerned.
with clearing as (
    select distinct account_number from {{ ref('stg_config__account_map') }}
    where line_class in ('clearing', 'in_transit', 'order_deposits') and account_number is not null
),

posted as (
    select
        asked.journal_id as external_id,
        asked.account_number,
        coalesce(asked.currency, '') as currency,
        cast(sum(asked.debit_amount - asked.credit_amount) as decimal(18, 4)) as amount
    from {{ ref('int_books__acknowledged_lines') }} as asked
    inner join clearing on asked.account_number = clearing.account_number
    group by asked.journal_id, asked.account_number, coalesce(asked.currency, '')
    union all
    select
        external_id,
        account_number,
        currency,
        amount
    from {{ ref('int_books__acknowledged_deposits') }}
),

entries as (
    select * from {{ ref('int_books__clearing_entries') }}
),

-- A deposit that is not as it was acknowledged is reported itself.
different as (
    select external_id from {{ ref('int_books__deposits') }}
    where deposit_count <> 1 or booked_amount <> amount or booked_currency <> currency or differences <> ''
),

differing as (
    select held.deposit_id
    from {{ ref('int_books__held_deposits') }} as held
    semi join different on held.external_id = different.external_id
),

-- Each journal of ours that agrees with the books, on both sides; the others have another code.
reported as (
    select external_id from {{ ref('rec_payouts__payouts_vs_journals') }}
    where break_reason is not null
    union all
    select external_id from different
),

both_sides as (
    select
        account_number,
        currency,
        amount as left_amount,
        cast(0 as decimal(18, 4)) as right_amount,
        'ours' as kind,
        external_id in (select external_id from reported) as is_explained
    from posted
    union all
    select
        entries.account_number,
        entries.currency,
        cast(0 as decimal(18, 4)) as left_amount,
        entries.amount as right_amount,
        entries.kind,
        coalesce(compared.break_reason is not null or differing.deposit_id is not null, false) as is_explained
    from entries
    left join {{ ref('rec_payouts__payouts_vs_journals') }} as compared on entries.journal_id = compared.journal_id
    left join differing on entries.journal_id = differing.deposit_id
)

select
    account_number,
    currency,
    cast(sum(left_amount) as decimal(18, 4)) as left_amount,
    cast(sum(right_amount) as decimal(18, 4)) as right_amount,
    cast(sum(right_amount) - sum(left_amount) as decimal(18, 4)) as difference_amount,
    cast(coalesce(sum(right_amount) filter (where kind = 'other'), 0) as decimal(18, 4)) as others_amount,
    cast(
        coalesce(sum(right_amount - left_amount) filter (where kind not in ('ours', 'other') or is_explained), 0)
        as decimal(18, 4)
    ) as explained_amount,
    cast(difference_amount - others_amount - explained_amount as decimal(18, 4)) as unexplained_amount,
    if(difference_amount = 0, 'matched', 'mismatched') as status
from both_sides
group by account_number, currency
