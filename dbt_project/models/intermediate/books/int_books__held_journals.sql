-- One row per transaction, not deleted, that the books hold on our accounts: what it says, and why it does not count,
-- if so.
with lines as (
    select
        journal_id,
        {{ entries_of('account_number', 'debit_amount', 'credit_amount') }} as entries,
        {{ entries_of('account_number', 'credit_amount', 'debit_amount') }} as mirrored_entries,
        {{ entries_of('account_number', 'debit_amount', 'credit_amount', 'memo') }} as noted_entries,
        cast(sum(debit_amount) as decimal(18, 4)) as debit_amount
    from {{ ref('int_ledger__lines') }}
    group by journal_id
),

entries as (
    select * from {{ ref('int_ledger__entries') }}
),

dates as (
    select distinct journal_date from entries
),

-- The books' own month of a date; periods that were not read leave it open.
months as (
    select
        dates.journal_date,
        any_value(periods.period_id) as period_id,
        any_value(periods.period_name) as period_name
    from dates
    inner join {{ ref('int_ledger__periods') }} as periods
        on
            dates.journal_date between periods.start_date and periods.end_date
            and periods.is_month
            and not periods.is_deleted
    group by dates.journal_date
)

select
    entries.journal_id,
    entries.transaction_type,
    entries.external_id,
    entries.journal_number,
    entries.memo,
    regexp_extract(entries.memo, 'TTS-[A-Za-z0-9_-]+-[0-9]{6}-R[0-9]+') as key_in_memo,
    entries.journal_date,
    entries.currency,
    entries.subsidiary_id,
    entries.first_subsidiary_id,
    entries.exchange_rate,
    entries.first_exchange_rate,
    entries.created_by,
    entries.is_reversal,
    entries.reversal_id,
    coalesce(months.period_id <> coalesce(entries.posting_period_id, ''), false) as is_in_other_period,
    coalesce(held_in.period_name || if(held_in.is_closed, ' (closed)', ''), entries.posting_period_id, 'none')
        as period_name,
    months.period_name as expected_period_name,
    case
        when entries.not_posted_because is not null then entries.not_posted_because
        when
            not entries.is_reversal
            and (entries.reversal_id is not null or entries.reversal_date is not null)
            and coalesce(not reversing.is_deleted and reversing.not_posted_because is null, true)
            then
                concat_ws(
                    ' ',
                    'reversed',
                    'on ' || coalesce(entries.reversal_date, reversing.journal_date),
                    'by journal ' || coalesce(reversing.journal_number, entries.reversal_id)
                )
    end as not_counted_because,
    lines.entries,
    lines.mirrored_entries,
    lines.noted_entries,
    coalesce(lines.debit_amount, 0) as debit_amount,
    entries.observed_at
from entries
left join lines on entries.journal_id = lines.journal_id
left join entries as reversing on entries.reversal_id = reversing.journal_id
left join {{ ref('int_ledger__periods') }} as held_in on entries.posting_period_id = held_in.period_id
left join months on entries.journal_date = months.journal_date
where not entries.is_deleted
