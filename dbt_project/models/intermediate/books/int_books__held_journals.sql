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

judged as (
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
    select distinct journal_date from judged
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
    judged.journal_id,
    judged.transaction_type,
    judged.external_id,
    judged.journal_number,
    judged.memo,
    regexp_extract(judged.memo, 'TTS-[A-Za-z0-9_-]+-[0-9]{6}-R[0-9]+') as key_in_memo,
    judged.journal_date,
    judged.currency,
    judged.subsidiary_id,
    judged.first_subsidiary_id,
    judged.exchange_rate,
    judged.first_exchange_rate,
    judged.created_by,
    judged.is_reversal,
    judged.reversal_id,
    coalesce(months.period_id <> coalesce(judged.posting_period_id, ''), false) as is_in_other_period,
    coalesce(held_in.period_name || if(held_in.is_closed, ' (closed)', ''), judged.posting_period_id, 'none')
        as period_name,
    months.period_name as expected_period_name,
    case
        when judged.not_posted_because is not null then judged.not_posted_because
        when
            not judged.is_reversal
            and (judged.reversal_id is not null or judged.reversal_date is not null)
            and coalesce(not reversing.is_deleted and reversing.not_posted_because is null, true)
            then
                concat_ws(
                    ' ',
                    'reversed',
                    'on ' || coalesce(judged.reversal_date, reversing.journal_date),
                    'by journal ' || coalesce(reversing.journal_number, judged.reversal_id)
                )
    end as not_counted_because,
    lines.entries,
    lines.mirrored_entries,
    lines.noted_entries,
    coalesce(lines.debit_amount, 0) as debit_amount,
    judged.observed_at
from judged
left join lines on judged.journal_id = lines.journal_id
left join judged as reversing on judged.reversal_id = reversing.journal_id
left join {{ ref('stg_netsuite__accounting_periods') }} as held_in on judged.posting_period_id = held_in.period_id
left join months on judged.journal_date = months.journal_date
where not judged.is_deleted
