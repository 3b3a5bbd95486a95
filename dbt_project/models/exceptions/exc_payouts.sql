-- What is wrong with a payment: first in itself and against its statements, then at the bank. One cause, one row.
with restated as (
    select distinct shop_id, evidence ->> '$.payment_id' as payment_id from {{ ref('exc_restatements') }}
),

held as (
    select distinct shop_id, record_id as payment_id from {{ ref('quarantine') }} where entity = 'payments'
),

-- A deposit in quarantine is no missing deposit.
unread as (
    select distinct expected.shop_id, expected.payment_id
    from {{ ref('rec_payouts__expected_deposits') }} as expected
    inner join {{ ref('stg_bank__entries') }} as entries
        on
            len(entries.faults) > 0
            and not entries.is_deleted
            and (
                contains(entries.reference || ' ' || entries.remittance, right(expected.payment_id, 8))
                or (
                    coalesce(entries.account_id, expected.account_id) = expected.account_id
                    and (entries.amount is null or entries.amount = expected.amount)
                    and coalesce(entries.booking_date between expected.paid_on and expected.expected_until, true)
                )
            )
),

payments as (
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
        restated.payment_id is not null as is_restated,
        held.payment_id is not null as is_held,
        unread.payment_id is not null as is_unread,
        abs(payments.amount - payments.computed_amount)
        > if(payments.currency = payments.currency_before_exchange, 0, 0.01) as is_amount_off,
        payments.currency <> payments.currency_before_exchange or payments.exchange_rate <> 1 as is_exchanged,
        row_number() over (
            partition by payments.shop_id, bank.is_deposit_deleted, bank.bank_entry_ids order by bank.score desc, payments.payment_id
        ) as deposit_share,
        sum(payments.amount) over (partition by payments.shop_id, bank.is_deposit_deleted, bank.bank_entry_ids) as shared_amount
    from {{ ref('int_payouts__payments') }} as payments
    left join {{ ref('rec_payouts__payments_vs_lines') }} as lines using (shop_id, payment_id)
    left join {{ ref('rec_payouts__payments_vs_bank') }} as bank using (shop_id, payment_id)
    left join restated using (shop_id, payment_id)
    left join held using (shop_id, payment_id)
    left join unread using (shop_id, payment_id)
),

judged as (
    select
        *,
        case
            when is_held or is_quarantined then null
            when is_surplus then 'FIN-19'
            when payment_status = 'FAILED' then 'FIN-20'
            when broken_statement_count > 0 or quarantined_statement_count > 0 or is_restated then null
            when lines_status = 'missing_left' then 'FIN-04'
            when lines_status in ('mismatched', 'missing_right') and not coalesce(right_amount = computed_from_lines_amount and right_amount <> amount, false)
                then 'FIN-04'
        end as own_code
    from payments
),

exchanged as (
    select
        *,
        case
            when own_code is not null or is_held or is_quarantined or not is_amount_off then null
            when bank_status in ('matched', 'within_tolerance') then 'FIN-14'
            when right_amount is null and is_exchanged then 'FIN-14'
            when right_amount is null then 'FIN-04'
        end as exchange_code
    from judged
),

banked as (
    select
        *,
        case
            when own_code in ('FIN-19', 'FIN-20') or not is_known or is_unread then null
            when bank_status = 'mismatched' then 'FIN-01'
            when bank_status = 'missing_right' and (not is_deposit_deleted or deposit_share = 1) then 'FIN-02'
            -- The payment that the deposit names has the row; its companion's doubt has the same cause.
            when bank_status in ('matched', 'within_tolerance') and score < 75 and not starts_with(reason, 'probably merged') then 'FIN-21'
        end as bank_code
    from exchanged
),

found as (
    select * exclude (own_code, exchange_code, bank_code), unnest([own_code, exchange_code, bank_code]) as code from banked
)

select
    code, shop_id, 'payment' as entity_type, payment_id as entity_id,
    case code
        when 'FIN-01' then if(right_currency <> currency, abs(amount), abs(amount - right_amount))
        when 'FIN-02' then if(is_deposit_deleted, shared_amount, amount)
        when 'FIN-04' then if(lines_status = 'mismatched', abs(amount_before_exchange - lines_amount), abs(coalesce(amount, lines_amount)))
        when 'FIN-14' then abs(amount - computed_amount)
        else abs(amount)
    end as money_at_risk_amount,
    coalesce(currency, '') as currency, due_at,
    case code
        when 'FIN-04' then 'statements and reserve ' || lines_amount || ' ' || coalesce(currency_before_exchange, '')
        when 'FIN-14' then computed_amount || ' = ' || amount_before_exchange || ' x ' || exchange_rate
        when 'FIN-19' then 'one payment'
        when 'FIN-20' then 'PAID'
        when 'FIN-21' then 'a deposit that names the payment'
        else amount || ' ' || currency || ' at the bank'
    end as expected,
    case code
        when 'FIN-01' then right_amount || ' ' || right_currency
        when 'FIN-02' then reason
        when 'FIN-04' then if(is_known, 'payment ' || amount_before_exchange, 'the payment is no longer listed')
        when 'FIN-14' then amount || ' ' || currency
        when 'FIN-19' then 'the same payment twice'
        when 'FIN-20' then payment_status
        else reason || ' (score ' || score || ')'
    end as actual,
    to_json({'bank_entry_ids': bank_entry_ids, 'statements': statement_count, 'deleted_statements': deleted_statement_count}) as evidence,
    case code
        when 'FIN-01' then 'payment and bank part' when 'FIN-02' then 'no deposit' when 'FIN-04' then 'payment and statements part'
        when 'FIN-14' then 'amount is not before x rate' when 'FIN-19' then 'duplicate' when 'FIN-20' then 'payout failed'
        else 'match not certain'
    end as cause
from found
where code is not null
