-- Settled money whose order nobody knows, inside the time in which all orders were read. Where a line was given another
-- order after it was posted, its statement says so.
with relabelled as (
    select
        shop_id,
        unnest(relabelled_ids) as transaction_id
    from {{ ref('exc_restatements__changed') }}
),

renamed as (
    select
        transactions.shop_id,
        transactions.settled_order_id as order_id
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join relabelled using (shop_id, transaction_id)
)

select
    'FIN-06' as code,
    parted.shop_id,
    'order' as entity_type,
    parted.order_id as entity_id,
    abs(parted.left_amount) as money_at_risk_amount,
    parted.currency,
    cast(null as timestamptz) as due_at,
    'an order of this id' as expected,
    'settled, and no such order' as actual,
    to_json({'sold_amount': cast(parted.left_amount as varchar)}) as evidence,
    'order unknown' as cause
from {{ ref('rec_payouts__settlement_lines_vs_order_lines') }} as parted
anti join renamed using (shop_id, order_id)
where parted.status = 'missing_right'
