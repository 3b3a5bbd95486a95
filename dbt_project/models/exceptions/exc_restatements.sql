-- Statements that changed after a journal of their payment was acknowledged, and that add up. Either their money did,
-- and a delta journal is due; or only what a line is for, and no journal tells it. A statement with a fee that no map
-- knows waits for the map, and is told there.
with differing as (
    select
        shop_id,
        payment_id,
        max(amount) as amount
    from {{ ref('sync_netsuite__journal_entries') }}
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
    anti join unclassified using (shop_id, statement_id)
)

select
    'FIN-17' as code,
    shop_id,
    'statement' as entity_type,
    statement_id as entity_id,
    if(is_delta_due, amount, 0) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    'as it was when its journal was posted' as expected,
    if(
        is_delta_due,
        'restated; settlement now ' || settlement_amount,
        'the same money, and another type or order in line ' || array_to_string(relabelled_ids, ', ')
    ) as actual,
    to_json({
        'payment_id': payment_id,
        'payable_amount': cast(payable_amount as varchar),
        'acknowledged_at': acknowledged_at,
        'relabelled_lines': relabelled_ids
    }) as evidence,
    if(is_delta_due, 'statement restated', 'line relabelled') as cause
from changed
where is_delta_due or len(relabelled_ids) > 0
