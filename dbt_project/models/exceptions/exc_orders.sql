-- Settled money whose order nobody knows, inside the time in which all orders were read.
select
    'FIN-06' as code, shop_id, 'order' as entity_type, order_id as entity_id, abs(left_amount) as money_at_risk_amount, currency,
    cast(null as timestamptz) as due_at, 'an order of this id' as expected, 'settled, and no such order' as actual,
    to_json({'sold_amount': cast(left_amount as varchar)}) as evidence, 'order unknown' as cause
from {{ ref('rec_payouts__settlement_lines_vs_order_lines') }}
where status = 'missing_right'
