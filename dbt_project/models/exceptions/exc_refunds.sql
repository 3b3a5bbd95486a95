-- Orders of which more was refunded than they were sold for: once, or by a refund too many. A refund in a statement
-- that does not add up is left to that statement's exception.
with refunded as (
    select
        shop_id,
        order_id,
        currency,
        refund_code,
        excess_amount,
        unnest(transaction_ids) as transaction_id
    from {{ ref('int_settlements__contradicted_orders') }}
    where refund_code is not null
),

refunds as (
    select
        refunded.*,
        coalesce(statements.arithmetic = 'sound', false) as is_sound
    from refunded
    left join {{ ref('int_settlements__transactions') }} using (shop_id, transaction_id)
    left join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
)

select
    refund_code as code,
    shop_id,
    'order' as entity_type,
    order_id as entity_id,
    any_value(excess_amount) as money_at_risk_amount,
    any_value(currency) as currency,
    cast(null as timestamptz) as due_at,
    'refunds of no more than was sold' as expected,
    {{ money_text('any_value(excess_amount)') }} || ' more was refunded than was sold' as actual,
    to_json({'transaction_ids': list(transaction_id order by transaction_id)}) as evidence,
    case refund_code when 'RET-13' then 'refunded twice' when 'RET-07' then 'refund too large' end as cause
from refunds
group by shop_id, order_id, refund_code
having bool_and(is_sound)
