-- One row per living transaction that NetSuite holds on our accounts: what it says, and why it does not count, if so.
with lines as (
    select
        journal_id,
        {{ entries_of('account_number', 'debit_amount', 'credit_amount') }} as entries,
        {{ entries_of('account_number', 'credit_amount', 'debit_amount') }} as mirrored_entries,
        {{ entries_of('account_number', 'debit_amount', 'credit_amount', 'memo') }} as noted_entries,
        cast(sum(debit_amount) as decimal(18, 4)) as debit_amount
    from {{ ref('stg_netsuite__journal_lines') }}
    where not is_deleted
    group by journal_id
),

classified as (
    select
        *,
        case
            when is_voided then 'voided'
            when approval_status = '3' then 'rejected'
            when approval_status = '1' then 'pending approval'
            when not is_posting then 'not posting'
        end as not_posted_because
    from {{ ref('stg_netsuite__journal_entries') }}
),

dates as (
    select distinct journal_date from classified
),

-- NetSuite's own month of a date; periods that were not read leave it open.
months as (
    select
        dates.journal_date,
        any_value(periods.period_id) as period_id,
        any_value(periods.period_name) as period_name
    from dates
    inner join {{ ref('stg_netsuite__accounting_periods') }} as periods
        on
            dates.journal_date between periods.start_date and periods.end_date
            and periods.is_month
            and not periods.is_deleted
    group by dates.journal_date
)

select
    classified.journal_id,
    classified.transaction_type,
    classified.external_id,
    classified.journal_number,
    classified.memo,
    regexp_extract(classified.memo, 'TTS-[A-Za-z0-9_-]+-[0-9]{6}-R[0-9]+') as key_in_memo,
    classified.journal_date,
    classified.currency,
    classified.subsidiary_id,
    classified.first_subsidiary_id,
    classified.exchange_rate,
    classified.first_exchange_rate,
    classified.created_by,
    classified.is_reversal,
    classified.reversal_id,
    coalesce(months.period_id <> coalesce(classified.posting_period_id, ''), false) as is_in_other_period,
    coalesce(held_in.period_name || if(held_in.is_closed, ' (closed)', ''), classified.posting_period_id, 'none')
        as period_name,
    months.period_name as expected_period_name,
    case
        when classified.not_posted_because is not null then classified.not_posted_because
        when
            not classified.is_reversal
            and (classified.reversal_id is not null or classified.reversal_date is not null)
            and coalesce(not reversing.is_deleted and reversing.not_posted_because is null, true)
            then
                concat_ws(
                    ' ',
                    'reversed',
                    'on ' || coalesce(classified.reversal_date, reversing.journal_date),
                    'by journal ' || coalesce(reversing.journal_number, classified.reversal_id)
                )
    end as not_counted_because,
    lines.entries,
    lines.mirrored_entries,
    lines.noted_entries,
    coalesce(lines.debit_amount, 0) as debit_amount,
    classified.observed_at
from classified
left join lines on classified.journal_id = lines.journal_id
left join classified as reversing on classified.reversal_id = reversing.journal_id
left join {{ ref('stg_netsuite__accounting_periods') }} as held_in on classified.posting_period_id = held_in.period_id
left join months on classified.journal_date = months.journal_date
where not classified.is_deleted
