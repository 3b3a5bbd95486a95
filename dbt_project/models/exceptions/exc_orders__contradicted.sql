-- Orders that differ from what was settled for them, with the contradictions: how much was sold, and everything else
-- that both show. What settlement cannot know is left out: an order that costs nothing, and units that were cancelled
-- and refunded after it.
with mismatched as (
    select * from {{ ref('rec_payouts__settlement_lines_vs_order_lines') }}
    where status = 'mismatched'
),

ordered as (
    select
        lines.shop_id,
        lines.order_id,
        sum(lines.original_price_amount) as whole_amount
    from {{ ref('int_orders__lines') }} as lines
    semi join mismatched using (shop_id, order_id)
    group by lines.shop_id, lines.order_id
),

settled as (
    select
        transactions.shop_id,
        transactions.settled_order_id as order_id,
        coalesce(sum(transactions.refunded_amount), 0) as refunded_amount,
        count(*) filter (where transactions.sold_amount > 0) as sale_count
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join mismatched
        on transactions.shop_id = mismatched.shop_id and transactions.settled_order_id = mismatched.order_id
    where transactions.transaction_type = 'ORDER' and not transactions.is_surplus and not transactions.is_quarantined
    group by transactions.shop_id, transactions.settled_order_id
),

sold as (
    select
        mismatched.shop_id,
        mismatched.order_id,
        mismatched.currency,
        abs(mismatched.difference_amount) as amount,
        [if(
            settled.sale_count > 1 and mismatched.left_amount = settled.sale_count * mismatched.right_amount,
            'settled ' || settled.sale_count || ' times',
            'settled for ' || {{ money_text('mismatched.left_amount') }} || ', ordered for '
            || {{ money_text('mismatched.right_amount') }}
        )] as contradictions
    from mismatched
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders using (shop_id, order_id)
    left join ordered using (shop_id, order_id)
    left join settled using (shop_id, order_id)
    where
        not (mismatched.left_amount = 0 and (orders.is_sample or orders.is_replacement))
        and not (
            mismatched.left_amount = ordered.whole_amount
            and -settled.refunded_amount >= ordered.whole_amount - mismatched.right_amount
        )
),

held as (
    select
        shop_id,
        parent_id as order_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'order_lines'
)

select
    shop_id,
    order_id,
    currency,
    amount,
    contradictions
from sold
anti join held using (shop_id, order_id)
union all
select
    shop_id,
    order_id,
    currency,
    total_amount as amount,
    contradictions
from {{ ref('int_settlements__contradicted_orders') }}
anti join held using (shop_id, order_id)
where len(contradictions) > 0
