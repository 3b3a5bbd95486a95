-- The rows of what is wrong with a payment.
select
    code,
    shop_id,
    'payment' as entity_type,
    payment_id as entity_id,
    case code
        when 'FIN-01' then if(right_currency <> currency, abs(amount), abs(amount - right_amount))
        when 'FIN-02' then if(is_deposit_deleted, shared_amount, amount)
        when 'FIN-04'
            then
                if(
                    lines_status = 'mismatched',
                    abs(amount_before_exchange - lines_amount),
                    abs(coalesce(amount, lines_amount))
                )
        when 'FIN-14' then abs(amount - computed_amount)
        else abs(amount)
    end as money_at_risk_amount,
    coalesce(currency, '') as currency,
    due_at,
    case code
        when 'FIN-04'
            then
                if(is_time_off, 'made after its statements, paid after that and when they say, ', '')
                || 'statements and reserve ' || lines_amount || ' '
                || coalesce(lines_currency, currency_before_exchange, '')
                || if(
                    is_part_off,
                    ' (settlement ' || lines_settlement_amount || ', reserve ' || lines_reserve_amount || ')',
                    ''
                )
                || if(is_status_off, ', ' || if(is_called_unpaid, 'not all PAID', 'PAID'), '')
        when
            'FIN-14'
            then
                coalesce(cast(computed_amount as varchar), 'a sum beyond any amount')
                || ' = '
                || amount_before_exchange
                || ' x '
                || exchange_rate
        when 'FIN-19' then 'one payment'
        when 'FIN-20' then 'PAID'
        when 'FIN-21' then 'a deposit that names the payment'
        when 'FIN-25' then 'the shop''s own account, which ends in ' || right(account_code, 4)
        else amount || ' ' || currency || ' at the bank'
    end as expected,
    case code
        when 'FIN-01' then right_amount || ' ' || right_currency
        when 'FIN-02' then reason
        when 'FIN-04'
            then
                if(
                    is_known,
                    'payment ' || coalesce(cast(amount_before_exchange as varchar), 'of no amount')
                    || coalesce(' ' || currency_before_exchange, '')
                    || if(
                        is_part_off,
                        ' (settlement ' || coalesce(settlement_amount || ' ' || settlement_currency, 'none')
                        || ', reserve ' || coalesce(reserve_amount || ' ' || reserve_currency, 'none') || ')',
                        ''
                    )
                    || if(is_amount_off, ', paid out as ' || amount || ' ' || currency, '')
                    || if(is_status_off, ', ' || payment_status, '')
                    || if(
                        is_time_off,
                        ', made ' || coalesce(strftime(created_at, '%Y-%m-%d'), 'at no time')
                        || ', paid ' || coalesce(strftime(paid_at, '%Y-%m-%d'), 'at no time')
                        || ', first statement ' || coalesce(strftime(first_statement_at, '%Y-%m-%d'), 'at no time')
                        || ', by its statements paid '
                        || coalesce(strftime(first_called_paid_at, '%Y-%m-%d'), 'at no time'),
                        ''
                    ),
                    'the payment is no longer listed'
                )
        when 'FIN-14' then amount || ' ' || currency
        when 'FIN-19' then 'the same payment twice'
        when 'FIN-20' then payment_status
        when 'FIN-25' then coalesce('an account that ends in ' || right(bank_account, 4), 'no account')
        else reason || ' (score ' || score || ')'
    end as actual,
    to_json({
        'bank_entry_ids': bank_entry_ids,
        'statements': statement_count,
        'deleted_statements': deleted_statement_count
    }) as evidence,
    case code
        when 'FIN-01' then 'payment and bank differ'
        when 'FIN-02' then 'no deposit'
        when 'FIN-04' then 'payment and statements differ'
        when 'FIN-14' then 'amount is not before x rate'
        when 'FIN-19' then 'duplicate'
        when 'FIN-20' then 'payout failed'
        when 'FIN-25' then 'another bank account'
        else 'match not certain'
    end as cause
from {{ ref('exc_payouts__classified') }}
where code is not null
