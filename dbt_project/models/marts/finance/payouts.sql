{{ config(contract={'enforced': true}) }}


with payments as (
    select * from {{ ref('int_payouts__payments') }}
    where is_known and not is_surplus
),

banked as (
    select * from {{ ref('rec_payouts__payments_vs_bank') }}
),

posted as (
    select
        shop_id,
        payment_id,
        count(distinct journal_id) as journals
    from {{ ref('int_books__acknowledged_lines') }}
    group by shop_id, payment_id
),

-- Acknowledged, and the books do not hold it any more, or do not count it.
lost as (
    select
        shop_id,
        payment_id,
        count(*) as journals
    from {{ ref('rec_payouts__payouts_vs_journals') }}
    where break_reason in ('gone', 'not_counted')
    group by shop_id, payment_id
),

waiting as (
    select
        shop_id,
        payment_id,
        count(*) as journals,
        count(*) filter (where revision > 0) as corrections,
        max(blocked_reason) as blocked_reason
    from {{ ref('int_books__pending_journals') }}
    group by shop_id, payment_id
),

named as (
    select
        shop_id,
        payment_id,
        string_agg(bank_entry_id, ', ' order by bank_entry_id) as bank_reference
    from {{ ref('int_payouts__bank_matches') }}
    group by shop_id, payment_id
),

compared as (
    select
        payments.*,
        banked.status as bank_status,
        banked.right_amount as bank_amount,
        banked.score as bank_score,
        banked.reason as bank_reason,
        named.bank_reference,
        coalesce(posted.journals, 0) as posted_journals,
        coalesce(waiting.journals, 0) as waiting_journals,
        coalesce(waiting.corrections, 0) as waiting_corrections,
        coalesce(lost.journals, 0) as lost_journals,
        waiting.blocked_reason,
        payments.amount_before_exchange - payments.lines_amount as lines_difference,
        if(
            abs(payments.amount - payments.computed_amount) <= 0.01,
            0,
            payments.amount - coalesce(payments.computed_amount, 0)
        ) as exchange_difference,
        case
            when banked.status = 'mismatched' and banked.right_currency <> payments.currency then payments.amount
            -- The bank has what the rate makes of it: the payment's own amount is off, and has its own code.
            when banked.status = 'mismatched' and banked.right_amount = payments.computed_amount then 0
            when banked.status = 'mismatched' then payments.amount - banked.right_amount
            when banked.status = 'missing_right' then payments.amount
            else 0
        end as bank_difference
    from payments
    left join banked using (shop_id, payment_id)
    left join named using (shop_id, payment_id)
    left join posted using (shop_id, payment_id)
    left join lost using (shop_id, payment_id)
    left join waiting using (shop_id, payment_id)
)

select
    payment_id,
    shop_id,
    payment_status as status,
    amount,
    currency,
    amount_before_exchange,
    currency_before_exchange,
    exchange_rate,
    lines_amount,
    statement_count,
    created_at,
    paid_at,
    bank_reference,
    bank_amount,
    bank_score,
    bank_reason,
    case
        when is_quarantined or quarantined_statement_count > 0 then 'quarantined'
        when lines_difference <> 0 or broken_statement_count > 0 or deleted_statement_count > 0 then 'lines_break'
        when exchange_difference <> 0 then 'exchange_break'
        when payment_status = 'FAILED' then 'failed'
        when payment_status <> 'PAID' then 'processing'
        when bank_status in ('mismatched', 'missing_right', 'duplicate_key') then 'bank_break'
        when bank_status = 'in_transit' then 'in_transit'
        when bank_status = 'accepted' then 'quarantined'
        else 'tied'
    end as tie_out_status,
    cast(
        coalesce({{ converted('lines_difference', 'exchange_rate') }}, amount)
        + exchange_difference + bank_difference as decimal(18, 4)
    ) as unexplained_amount,
    case
        when payment_status <> 'PAID' then 'not_due'
        when lost_journals > 0 then 'not_in_books'
        when blocked_reason is not null then 'blocked'
        when waiting_corrections > 0 then 'correction_due'
        when waiting_journals > 0 then 'due'
        when posted_journals > 0 then 'posted'
        else 'not_due'
    end as books_status,
    blocked_reason
from compared
