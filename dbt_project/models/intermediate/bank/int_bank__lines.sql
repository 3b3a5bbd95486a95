-- Every line of a bank statement that was ever read, and the one place where its money is accounted for.
with shares as (
    select
        bank_entry_id,
        sum(matched_amount) as matched_amount,
        list(distinct payment_id order by payment_id) as payment_ids,
        string_agg(distinct reason, '; ' order by reason) as reason
    from {{ ref('int_payouts__bank_shares') }}
    group by bank_entry_id
)

select
    entries.bank_entry_id,
    entries.account_id,
    entries.statement_id,
    entries.booking_date,
    entries.value_date,
    entries.amount,
    entries.currency,
    entries.counterparty,
    entries.reference,
    entries.remittance,
    credits.processor,
    coalesce(shares.payment_ids, []) as payment_ids,
    cast(coalesce(shares.matched_amount, 0) as decimal(18, 4)) as matched_amount,
    case
        when entries.is_deleted then 'removed'
        when len(entries.faults) > 0 then 'quarantined'
        when not entries.is_booked then 'not_booked'
        when deposits.is_copy then 'copy'
        when shares.matched_amount = entries.amount then 'payout'
        when shares.bank_entry_id is not null then 'payout_in_part'
        when credits.processor is not null then 'no_payout'
        else 'other'
    end as place,
    case place
        when 'removed' then 'no statement holds it any more'
        when 'quarantined' then 'in quarantine: ' || entries.faults[1].field || ' ' || entries.faults[1].reason
        when 'not_booked' then 'announced by the bank as ' || entries.entry_status
        when 'copy' then 'the same line is in another statement, or twice in this one'
        when 'payout_in_part'
            then 'matched ' || shares.matched_amount || ' of ' || entries.amount || ': ' || shares.reason
        when 'payout' then shares.reason
        when 'no_payout' then 'paid by ' || credits.processor || ', and no payout is matched'
        else 'no payer of payouts, and no payout is matched'
    end as reason
from {{ ref('stg_bank__entries') }} as entries
left join {{ ref('int_bank__deposits') }} as deposits on entries.bank_entry_id = deposits.bank_entry_id
left join {{ ref('int_payouts__credits') }} as credits on entries.bank_entry_id = credits.bank_entry_id
left join shares on entries.bank_entry_id = shares.bank_entry_id
