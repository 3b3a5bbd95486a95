-- One row per transaction that counts on an account of clearing, of cash in transit or of what orders are put down to:
-- what it leaves there (debit positive), and whose it is.
with clearing as (
    select
        account_number,
        bool_and(line_class = 'in_transit') as is_transit
    from {{ ref('stg_config__account_map') }}
    where line_class in ('clearing', 'in_transit', 'order_deposits') and account_number is not null
    group by account_number
),

-- The difference between a payout and its deposit may be booked out of transit, under the payment's id: the payout
-- itself is reported.
different as (
    select payment_id from {{ ref('int_payouts__receipts') }}
    where is_different
),

confirmed as (
    select
        journal_id,
        any_value(external_id) as external_id
    from {{ ref('int_books__confirmed_journals') }}
    group by journal_id
),

amounts as (
    select
        journal_id,
        account_number,
        cast(sum(debit_amount - credit_amount) as decimal(18, 4)) as amount
    from {{ ref('int_ledger__lines') }}
    group by journal_id, account_number
)

select
    held.journal_id,
    amounts.account_number,
    coalesce(held.currency, '') as currency,
    amounts.amount,
    held.transaction_type,
    held.journal_number,
    held.journal_date,
    held.created_by,
    held.reversal_id,
    case
        when
            confirmed.journal_id is not null
            or deposits.external_id is not null
            or held.journal_id in (select vendor_id from {{ ref('int_books__acknowledged_deposits') }})
            then 'ours'
        when copies.journal_id is not null or booked.kind = 'copy' then coalesce(copies.kind, booked.kind)
        -- A reversal is reported with what it reverses.
        when reversed.journal_id is not null or reversed_by_id.external_id is not null then 'reversal'
        when
            known.external_id is null
            and (
                starts_with(coalesce(held.external_id, ''), 'TTS-')
                or starts_with(coalesce(held.external_id, ''), 'tieout-deposit-')
                or held.key_in_memo <> ''
            )
            then 'unconfirmed'
        when
            clearing.is_transit
            and exists (
                select 1
                from different
                where contains(coalesce(held.memo, ''), different.payment_id)
            )
            then 'difference'
        else 'other'
    end as kind,
    held.observed_at
from {{ ref('int_books__held_journals') }} as held
inner join amounts on held.journal_id = amounts.journal_id and amounts.amount <> 0
inner join clearing on amounts.account_number = clearing.account_number
left join confirmed on held.journal_id = confirmed.journal_id
left join {{ ref('int_books__journal_copies') }} as copies on held.journal_id = copies.journal_id
left join confirmed as reversed on held.reversal_id = reversed.journal_id
left join {{ ref('int_books__asked_journals') }} as reversed_by_id on held.reversal_id = reversed_by_id.vendor_id
left join {{ ref('int_books__asked_journals') }} as known
    on coalesce(held.external_id, held.key_in_memo) = known.external_id
left join {{ ref('int_books__acknowledged_deposits') }} as deposits on held.external_id = deposits.external_id
left join {{ ref('int_books__held_deposits') }} as booked on held.journal_id = booked.deposit_id
where held.not_counted_because is null or starts_with(held.not_counted_because, 'reversed')
