-- Settled money whose order is unknown, inside the time in which all orders were read; and orders that contradict
-- themselves or what was settled for them. A line that does not add up, or was given another order after it was posted,
-- is reported for its statement, and a part of an order that cannot be read is reported in quarantine.
with listed as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    where not is_deleted
),

relabelled as (
    select
        shop_id,
        unnest(relabelled_ids) as transaction_id
    from {{ ref('exc_restatements__changed') }}
),

missing as (
    select * from {{ ref('rec_payouts__settlement_lines_vs_order_lines') }}
    anti join listed using (shop_id, order_id)
    where status = 'missing_right'
),

-- Of an unknown order, its statements say the currency.
settled as (
    select
        transactions.shop_id,
        transactions.settled_order_id as order_id,
        min(statements.currency) as currency
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where (transactions.shop_id, transactions.settled_order_id) in (
        select
            shop_id,
            order_id
        from missing
    )
    group by transactions.shop_id, transactions.settled_order_id
),

unknown as (
    select
        missing.shop_id,
        missing.order_id,
        missing.left_amount as amount,
        coalesce(missing.currency, settled.currency) as currency,
        'settled' as named_by
    from missing
    left join settled using (shop_id, order_id)
    union all
    select
        shop_id,
        order_id,
        amount,
        currency,
        named_by
    from {{ ref('exc_orders__unknown') }}
),

mismatched as (
    select * from {{ ref('exc_orders__contradicted') }}
),

-- Transactions of the orders in question whose statement, or the line itself, is reported already.
explained as (
    select distinct
        transactions.shop_id,
        transactions.settled_order_id as order_id
    from {{ ref('int_settlements__transactions') }} as transactions
    left join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    left join relabelled using (shop_id, transaction_id)
    where
        (transactions.shop_id, transactions.settled_order_id) in (
            select
                shop_id,
                order_id
            from unknown
            union
            select
                shop_id,
                order_id
            from mismatched
        )
        and (relabelled.transaction_id is not null or statements.arithmetic is distinct from 'sound')
),

-- What the order says of itself is reported whatever the state of its statement.
contradicted as (
    select
        shop_id,
        order_id,
        currency,
        total_amount as amount,
        unnest(contradictions) as contradiction
    from {{ ref('int_orders__contradictions') }}
    union all
    select
        shop_id,
        order_id,
        currency,
        amount,
        unnest(contradictions) as contradiction
    from mismatched
    anti join explained using (shop_id, order_id)
)

select
    'FIN-06' as code,
    unknown.shop_id,
    'order' as entity_type,
    unknown.order_id as entity_id,
    sum(abs(unknown.amount)) as money_at_risk_amount,
    min(unknown.currency) as currency,
    cast(null as timestamptz) as due_at,
    'an order of this id' as expected,
    string_agg(distinct unknown.named_by, ', ' order by unknown.named_by) || ', and no such order' as actual,
    to_json({'amount': cast(sum(unknown.amount) as varchar)}) as evidence,
    'order unknown' as cause
from unknown
anti join explained using (shop_id, order_id)
group by unknown.shop_id, unknown.order_id
union all
select
    'FIN-24' as code,
    shop_id,
    'order' as entity_type,
    order_id as entity_id,
    max(abs(coalesce(amount, 0))) as money_at_risk_amount,
    min(currency) as currency,
    cast(null as timestamptz) as due_at,
    'an order that agrees with itself and with what was settled' as expected,
    string_agg(distinct contradiction, '; ' order by contradiction) as actual,
    to_json({'contradictions': list(distinct contradiction order by contradiction)}) as evidence,
    'order contradicts its money' as cause
from contradicted
group by shop_id, order_id
