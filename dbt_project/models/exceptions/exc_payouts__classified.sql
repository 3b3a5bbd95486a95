-- What is wrong with a payment: first in itself and against its statements, then at the bank, and the account that it
-- went to. One cause, one row.
with payments as (
    select
        payments.*,
        lines.status as lines_status,
        bank.status as bank_status,
        bank.right_amount,
        bank.right_currency,
        bank.score,
        bank.reason,
        bank.bank_entry_ids,
        bank.due_at,
        bank.is_deposit_deleted,
        explained.* exclude (shop_id, payment_id),
        lines.is_status_off,
        lines.is_time_off,
        lines.lines_currency,
        lines.is_currency_off or lines.is_settlement_off or lines.is_reserve_off as is_part_off,
        abs(payments.amount - payments.computed_amount)
        > if(payments.currency = payments.currency_before_exchange, 0, 0.01) as is_amount_off,
        payments.currency <> payments.currency_before_exchange or payments.exchange_rate <> 1 as is_exchanged,
        accounts.account_code,
        row_number() over (
            partition by payments.shop_id, bank.is_deposit_deleted, bank.bank_entry_ids
            order by bank.score desc, payments.payment_id asc
        ) as deposit_share,
        sum(payments.amount)
            over (partition by payments.shop_id, bank.is_deposit_deleted, bank.bank_entry_ids)
            as shared_amount
    from {{ ref('int_payouts__payments') }} as payments
    left join {{ ref('rec_payouts__payments_vs_lines') }} as lines using (shop_id, payment_id)
    left join {{ ref('rec_payouts__payments_vs_bank') }} as bank using (shop_id, payment_id)
    left join {{ ref('exc_payouts__explained') }} as explained using (shop_id, payment_id)
    left join {{ ref('int_payouts__misdirected') }} as accounts using (shop_id, payment_id)
),

classified as (
    select
        *,
        case
            when is_held or is_quarantined then null
            when is_surplus then 'FIN-19'
            when payment_status = 'FAILED' then 'FIN-20'
            when broken_statement_count > 0 or quarantined_statement_count > 0 or is_restated then null
            when is_moved or is_renumbered then null
            when lines_status = 'missing_left' then 'FIN-04'
            when
                lines_status in ('mismatched', 'missing_right')
                and not coalesce(right_amount = computed_from_lines_amount and right_amount <> amount, false)
                then 'FIN-04'
        end as own_code
    from payments
),

exchanged as (
    select
        *,
        case
            when own_code is not null or is_held or is_quarantined or not is_known or not is_amount_off then null
            when bank_status in ('matched', 'within_tolerance') then 'FIN-14'
            when right_amount is null and is_exchanged then 'FIN-14'
            when right_amount is null then 'FIN-04'
        end as exchange_code
    from classified
),

banked as (
    select
        *,
        case
            when own_code in ('FIN-19', 'FIN-20') or not is_known or is_unread or is_renumbered then null
            -- A payment that no statement names is one doubt, and no deposit is the same.
            when own_code = 'FIN-04' and lines_status = 'missing_right' and not is_deposit_deleted then null
            when own_code = 'FIN-04' and is_time_off then null
            when bank_status = 'mismatched' then 'FIN-01'
            when bank_status = 'missing_right' and (not is_deposit_deleted or deposit_share = 1) then 'FIN-02'
            -- The payment that the deposit names has the row; its companion's doubt has the same cause.
            when
                bank_status in ('matched', 'within_tolerance')
                and score < {{ sure_score() }}
                and not starts_with(reason, 'probably merged')
                then 'FIN-21'
        end as bank_code,
        case
            when own_code = 'FIN-19' or not is_known or is_held or is_quarantined or is_renumbered then null
            when account_code is not null then 'FIN-25'
        end as account_exception
    from exchanged
)

select
    shop_id,
    payment_id,
    payment_status,
    is_known,
    amount,
    currency,
    amount_before_exchange,
    currency_before_exchange,
    exchange_rate,
    computed_amount,
    lines_amount,
    lines_currency,
    lines_settlement_amount,
    lines_reserve_amount,
    settlement_amount,
    settlement_currency,
    reserve_amount,
    reserve_currency,
    is_part_off,
    is_amount_off,
    lines_status,
    is_status_off,
    is_time_off,
    created_at,
    paid_at,
    first_statement_at,
    first_called_paid_at,
    last_called_paid_at,
    is_called_unpaid,
    statement_count,
    deleted_statement_count,
    right_amount,
    right_currency,
    score,
    reason,
    bank_entry_ids,
    due_at,
    is_deposit_deleted,
    shared_amount,
    bank_account,
    account_code,
    unnest([own_code, exchange_code, bank_code, account_exception]) as code
from banked
