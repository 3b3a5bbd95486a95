-- Unknown orders that an adjustment or a reserve names, inside the time in which all orders were read. Each
-- was asked for by its id as well.
with named as (
    select
        transactions.shop_id,
        transactions.order_id,
        transactions.payable_amount as amount,
        statements.currency,
        if(transactions.transaction_type = 'RESERVE', 'a reserve', 'adjusted') as named_by,
        transactions.order_created_at
    from {{ ref('int_settlements__transactions') }} as transactions
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    anti join {{ ref('stg_tiktok_shop__orders') }} as orders
        on transactions.shop_id = orders.shop_id and transactions.order_id = orders.order_id and not orders.is_deleted
    where
        transactions.settled_order_id is null
        and transactions.order_id is not null
        and not transactions.is_surplus
        and not transactions.is_quarantined
        and statements.arithmetic = 'sound'
),

held as (
    select
        shop_id,
        record_id as order_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'orders'
)

select
    named.shop_id,
    named.order_id,
    named.amount,
    named.currency,
    named.named_by
from named
semi join {{ ref('int_coverage__windows') }} as windows
    on
        named.shop_id = windows.shop_id and windows.system = 'tiktok_shop' and windows.entity = 'orders'
        and coalesce(named.order_created_at between windows.window_from and windows.window_to, true)
anti join held using (shop_id, order_id)
