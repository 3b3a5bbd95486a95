-- Statements that add up and are not what they were: when the journal of their payment was acknowledged, or, before
-- it, when they were first read. Either their money in sum is another, and a delta journal is due; or only its parts,
-- what a line is for, or the day, and no journal shows it. A statement with a fee that no map knows is FIN-07 first,
-- and one whose payment is another sum FIN-04.
with differing as (
    select
        shop_id,
        payment_id,
        max(amount) as amount
    from {{ ref('int_books__pending_journals') }}
    where revision > 0
    group by shop_id, payment_id
),

unclassified as (
    select distinct
        shop_id,
        statement_id
    from {{ ref('int_settlements__lines') }}
    where line_class = 'unclassified'
),

changed as (
    select
        changed.*,
        differing.amount,
        changed.is_restated and differing.payment_id is not null as is_delta_due
    from {{ ref('exc_restatements__changed') }} as changed
    left join differing using (shop_id, payment_id)
    left join {{ ref('int_payouts__payments') }} as payments using (shop_id, payment_id)
    anti join unclassified using (shop_id, statement_id)
    where
        changed.acknowledged_at is not null
        or payments.lines_amount is not distinct from payments.amount_before_exchange
)

select
    'FIN-17' as code,
    shop_id,
    'statement' as entity_type,
    statement_id as entity_id,
    if(is_delta_due, amount, 0) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    if(acknowledged_at is null, 'as it was first read', 'as it was when its journal was posted') as expected,
    case
        when is_delta_due then 'restated; settlement now ' || settlement_amount
        when len(relabelled_ids) > 0
            then 'the same money, and another type, order or time in line ' || array_to_string(relabelled_ids, ', ')
        when len(changed_ids) > 0
            then 'the same sum, and other figures in line ' || array_to_string(changed_ids, ', ')
        else
            'dated ' || strftime(statement_at, '%Y-%m-%d') || ', before ' || strftime(former_statement_at, '%Y-%m-%d')
    end as actual,
    to_json({
        'payment_id': payment_id,
        'payable_amount': cast(payable_amount as varchar),
        'acknowledged_at': acknowledged_at,
        'relabelled_lines': relabelled_ids,
        'changed_lines': changed_ids
    }) as evidence,
    case
        when is_delta_due then 'statement restated'
        when len(relabelled_ids) > 0 then 'line relabelled'
        when len(changed_ids) > 0 then 'line restated'
        else 'statement given another date'
    end as cause
from changed
where is_delta_due or len(relabelled_ids) > 0 or len(changed_ids) > 0 or former_statement_at is not null
