-- What is wrong with a statement. A broken line explains its statement, a copy explains nothing else.
with statements as (
    select * from {{ ref('int_settlements__statements') }}
),

payments as (
    select * from {{ ref('int_payouts__payments') }}
    where is_known
),

headers as (
    select
        case arithmetic when 'surplus' then 'FIN-19' when 'header_off' then 'FIN-03' end as code,
        shop_id,
        'statement' as entity_type,
        statement_id as entity_id,
        case
            when arithmetic = 'surplus' then abs(coalesce(settlement_amount, 0))
            else greatest(
                abs(coalesce(settlement_amount, lines_settlement_amount) - lines_settlement_amount),
                abs(coalesce(total_settlement_amount, lines_settlement_amount) - lines_settlement_amount)
            )
        end as money_at_risk_amount,
        currency,
        cast(null as timestamptz) as due_at,
        if(
            arithmetic = 'surplus',
            'one statement',
            concat(
                'header ', coalesce(settlement_amount, total_settlement_amount, 0),
                ' of revenue ' || header_revenue_amount, ', shipping ' || shipping_cost_amount,
                ', fees ' || fee_amount, ', adjustments ' || adjustment_amount, ', reserve ' || total_reserve_amount
            )
        ) as expected,
        if(
            arithmetic = 'surplus',
            'the same statement twice',
            concat(
                'lines ', lines_settlement_amount, ' of revenue ', lines_revenue_amount,
                ', fees and taxes ', lines_fee_tax_amount, ', reserve ', lines_reserve_amount
            )
        ) as actual,
        to_json({
            'payment_id': payment_id, 'lines': transaction_count, 'header_revenue': header_revenue_amount,
            'lines_revenue': lines_revenue_amount, 'header_fees': fee_amount, 'lines_fees': lines_fee_tax_amount
        }) as evidence,
        if(arithmetic = 'surplus', 'duplicate', 'header and lines differ') as cause
    from statements
    where arithmetic in ('surplus', 'header_off')
),

-- Taking back a doubled statement is no loss: one with the same figures is still there.
vanished as (
    select
        'FIN-17' as code,
        gone.shop_id,
        'statement' as entity_type,
        gone.statement_id as entity_id,
        abs(coalesce(gone.settlement_amount, 0)) as money_at_risk_amount,
        gone.currency,
        cast(null as timestamptz) as due_at,
        'settlement ' || coalesce(gone.settlement_amount, 0) as expected,
        'no longer listed' as actual,
        to_json({'lines': gone.transaction_count}) as evidence,
        'statement deleted' as cause
    from statements as gone
    anti join statements as twin
        on
            gone.shop_id = twin.shop_id and gone.statement_at = twin.statement_at and gone.currency = twin.currency
            and gone.settlement_amount = twin.settlement_amount and not twin.is_deleted
    where gone.is_deleted and gone.payment_id is null
),

negative as (
    select
        'FIN-10' as code,
        statements.shop_id,
        'statement' as entity_type,
        statements.statement_id as entity_id,
        abs(statements.settlement_amount) as money_at_risk_amount,
        statements.currency,
        cast(null as timestamptz) as due_at,
        'a settlement that pays' as expected,
        'settlement ' || statements.settlement_amount as actual,
        to_json({'payment_id': statements.payment_id, 'payment_status': statements.payment_status}) as evidence,
        'negative statement not yet paid' as cause
    from statements
    left join payments using (shop_id, payment_id)
    where
        statements.settlement_amount < 0
        and statements.arithmetic = 'sound'
        and statements.payment_status is distinct from 'PAID'
        and (statements.payment_id is null or payments.payment_status not in ('PAID', 'FAILED'))
),

-- A day that its own orders or its payment contradict; one that changed is reported as restated.
misdated as (
    select
        'FIN-17' as code,
        statements.shop_id,
        'statement' as entity_type,
        statements.statement_id as entity_id,
        cast(0 as decimal(18, 4)) as money_at_risk_amount,
        statements.currency,
        cast(null as timestamptz) as due_at,
        'a day after its orders' || coalesce(' and before ' || strftime(payments.created_at, '%Y-%m-%d'), '')
            as expected,
        'dated ' || strftime(statements.statement_at, '%Y-%m-%d') as actual,
        to_json({'payment_id': statements.payment_id, 'first_order_at': statements.first_order_at}) as evidence,
        'statement dated wrongly' as cause
    from statements
    left join payments using (shop_id, payment_id)
    anti join {{ ref('exc_restatements') }} as restated
        on statements.shop_id = restated.shop_id and statements.statement_id = restated.entity_id
    where
        statements.arithmetic = 'sound'
        and (
            statements.first_order_at >= statements.statement_at
            or (
                statements.statement_at > payments.created_at + interval 1 day
                and payments.first_statement_at <= payments.created_at + interval 1 day
            )
        )
)

select * from headers
union all by name
select * from misdated
union all by name
select * from vanished
union all by name
select * from negative
