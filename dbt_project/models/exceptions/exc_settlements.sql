-- What is wrong with a settlement line or a statement. A broken line explains its statement, a copy explains nothing else.
with statements as (
    select statements.*, clock.as_of
    from {{ ref('int_settlements__statements') }} as statements
    left join {{ ref('int_coverage__as_of') }} as clock using (shop_id)
),

transactions as (
    select transactions.*, statements.currency, statements.as_of, statements.payment_id
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join statements using (shop_id, statement_id)
    where statements.arithmetic not in ('deleted', 'surplus') and not transactions.is_quarantined
),

payments as (
    select * from {{ ref('int_payouts__payments') }} where is_known
),

lines as (
    select
        if(is_surplus, 'FIN-19', 'FIN-03') as code,
        shop_id, 'transaction' as entity_type, transaction_id as entity_id,
        case
            when is_surplus then abs(payable_amount)
            else
                abs(coalesce(settlement_amount, 0) - parts_amount) + abs(revenue_unitemised_amount)
                + abs(shipping_cost_unitemised_amount) + abs(fee_tax_unitemised_amount)
        end as money_at_risk_amount,
        currency, cast(null as timestamptz) as due_at,
        if(is_surplus, 'one line', 'parts that add up to ' || coalesce(settlement_amount, 0)) as expected,
        case
            when is_surplus then 'the same line twice'
            else
                'parts ' || parts_amount || '; not itemised: revenue ' || revenue_unitemised_amount || ', shipping '
                || shipping_cost_unitemised_amount || ', fees and taxes ' || fee_tax_unitemised_amount
        end as actual,
        to_json({'statement_id': statement_id, 'payment_id': payment_id, 'order_id': order_id}) as evidence,
        if(is_surplus, 'duplicate', 'line does not add up') as cause
    from transactions
    where is_surplus or is_broken
),

unlinked as (
    select
        'FIN-15' as code, shop_id, 'transaction' as entity_type, transaction_id as entity_id,
        abs(coalesce(settlement_amount, 0)) as money_at_risk_amount, currency, cast(null as timestamptz) as due_at,
        'an order, or an owner' as expected, transaction_type || ' without an order' as actual,
        to_json({'statement_id': statement_id, 'adjustment_id': adjustment_id}) as evidence, 'no order link' as cause
    from transactions
    where
        transaction_type in (
            'PLATFORM_PENALTY', 'CHARGE_BACK', 'OTHER_ADJUSTMENT', 'LOGISTICS_REIMBURSEMENT', 'SAMPLE_SHIPPING_FEE',
            'SHIPPING_FEE_ADJUSTMENT', 'SHIPPING_FEE_COMPENSATION', 'SHIPPING_FEE_REBATE'
        )
        and order_id is null and not is_surplus and not is_broken
),

reserves as (
    select
        'FIN-09' as code, shop_id, 'reserve' as entity_type, reserve_id as entity_id, abs(held.reserve_amount) as money_at_risk_amount,
        held.currency, held.estimated_release_at + interval 3 day as due_at,
        'released by ' || cast(cast(held.estimated_release_at as date) as varchar) as expected, 'still held' as actual,
        to_json({'statement_id': held.statement_id, 'transaction_id': held.transaction_id}) as evidence, 'release overdue' as cause
    from transactions as held
    anti join (
        select shop_id, reserve_id from transactions where reserve_status = 'RELEASED'
    ) as released using (shop_id, reserve_id)
    where held.reserve_status = 'COLLECTED' and not held.is_surplus and held.as_of > held.estimated_release_at + interval 3 day
    qualify row_number() over (partition by shop_id, reserve_id order by held.transaction_id) = 1
),

headers as (
    select
        case arithmetic when 'surplus' then 'FIN-19' when 'header_off' then 'FIN-03' end as code,
        shop_id, 'statement' as entity_type, statement_id as entity_id,
        case
            when arithmetic = 'surplus' then abs(coalesce(settlement_amount, 0))
            else greatest(
                abs(coalesce(settlement_amount, lines_settlement_amount) - lines_settlement_amount),
                abs(coalesce(total_settlement_amount, lines_settlement_amount) - lines_settlement_amount)
            )
        end as money_at_risk_amount,
        currency, cast(null as timestamptz) as due_at,
        if(arithmetic = 'surplus', 'one statement', 'header ' || coalesce(settlement_amount, total_settlement_amount, 0)) as expected,
        if(arithmetic = 'surplus', 'the same statement twice', 'lines ' || lines_settlement_amount) as actual,
        to_json({
            'payment_id': payment_id, 'lines': transaction_count, 'header_revenue': header_revenue_amount,
            'lines_revenue': lines_revenue_amount, 'header_fees': fee_amount, 'lines_fees': lines_fee_tax_amount
        }) as evidence,
        if(arithmetic = 'surplus', 'duplicate', 'header and lines part') as cause
    from statements
    where arithmetic in ('surplus', 'header_off')
),

-- Taking back a doubled statement is no loss: one with the same figures is still there.
vanished as (
    select
        'FIN-17' as code, gone.shop_id, 'statement' as entity_type, gone.statement_id as entity_id,
        abs(coalesce(gone.settlement_amount, 0)) as money_at_risk_amount, gone.currency, cast(null as timestamptz) as due_at,
        'settlement ' || coalesce(gone.settlement_amount, 0) as expected, 'no longer listed' as actual,
        to_json({'lines': gone.transaction_count}) as evidence, 'statement deleted' as cause
    from statements as gone
    anti join statements as twin
        on
            gone.shop_id = twin.shop_id and gone.statement_at = twin.statement_at and gone.currency = twin.currency
            and gone.settlement_amount = twin.settlement_amount and not twin.is_deleted
    where gone.is_deleted and gone.payment_id is null
),

negative as (
    select
        'FIN-10' as code, statements.shop_id, 'statement' as entity_type, statements.statement_id as entity_id,
        abs(statements.settlement_amount) as money_at_risk_amount, statements.currency, cast(null as timestamptz) as due_at,
        'a settlement that pays' as expected, 'settlement ' || statements.settlement_amount as actual,
        to_json({'payment_id': statements.payment_id, 'payment_status': statements.payment_status}) as evidence,
        'negative statement not yet paid' as cause
    from statements
    left join payments using (shop_id, payment_id)
    where
        statements.settlement_amount < 0 and statements.arithmetic = 'sound' and statements.payment_status is distinct from 'PAID'
        and (statements.payment_id is null or payments.payment_status not in ('PAID', 'FAILED'))
)

{% for part in ['lines', 'unlinked', 'reserves', 'headers', 'vanished', 'negative'] -%}
select * from {{ part }}
{% if not loop.last %}union all by name {% endif %}
{%- endfor %}
