{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(of_refunds=true) }}"
    )
}}

-- What settlements took back of an order, as the seller bears it: one row per order that has a return or a refund. A
-- statement that is gone, or does not add up, makes what it says unusable, and is an exception of its own.
with found as not materialized (
    {{ rows_of_changed_orders(ref('int_settlements__transactions'), 'settled_order_id', 'settled_order_number') }}
),

refunds as (
    select
        shop_id,
        found_order_id as order_id,
        statement_id,
        transaction_id,
        coalesce(refunded_amount, 0) + coalesce(refunded_discount_amount, 0) as amount,
        coalesce(sold_amount, 0) > 0 as is_sale,
        is_quarantined or is_broken as is_unusable
    from found
    where transaction_type = 'ORDER' and not is_surplus and found_order_id is not null
),

concerned as (
    select
        shop_id,
        order_id
    from refunds
    where amount <> 0
    union
    select
        shop_id,
        order_id
    from {{ ref('stg_tiktok_shop__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
)

select
    refunds.shop_id,
    refunds.order_id,
    cast(-coalesce(sum(refunds.amount) filter (where statements.arithmetic <> 'deleted'), 0) as decimal(18, 4))
        as settled_amount,
    bool_or(refunds.is_sale) as is_sale_settled,
    bool_or(refunds.is_unusable or statements.arithmetic <> 'sound') as is_unusable,
    max(statements.statement_at) filter (where refunds.amount <> 0) as settled_at,
    min(statements.statement_at) filter (where refunds.is_sale) as sale_settled_at,
    coalesce(list(refunds.transaction_id order by refunds.transaction_id) filter (where refunds.amount <> 0), [])
        as transaction_ids,
    -- Each time that something was taken back, for the return that it is of.
    coalesce(
        list(
            {
                'amount': cast(-refunds.amount as decimal(18, 4)), 'settled_at': statements.statement_at,
                'transaction_id': refunds.transaction_id
            }
            order by statements.statement_at, refunds.transaction_id
        ) filter (where refunds.amount < 0 and statements.arithmetic <> 'deleted'),
        []
    ) as refunds,
    any_value(statements.currency) as currency,
    any_value(changes.loaded_through) as loaded_through
from refunds
semi join concerned on refunds.shop_id = concerned.shop_id and refunds.order_id = concerned.order_id
inner join {{ ref('int_settlements__statements') }} as statements
    on refunds.shop_id = statements.shop_id and refunds.statement_id = statements.statement_id
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on refunds.shop_id = changes.shop_id and refunds.order_id = changes.order_id
where statements.arithmetic <> 'surplus'
group by refunds.shop_id, refunds.order_id
