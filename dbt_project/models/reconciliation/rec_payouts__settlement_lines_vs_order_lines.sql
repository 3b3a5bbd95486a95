{{ config(materialized=atomic_view()) }}

-- Settled orders against the orders themselves, one row per order that parts; a matched order has no row. Duplicates
-- are checked first, and a missing order is believed to be missing only inside a window of orders that was read
-- completely.
with parted as (
    select *
    from {{ ref('int_settlements__parted_orders') }}
    where is_doubled or left_amount is distinct from right_amount
),

held as (
    select
        shop_id,
        record_id as order_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'orders'
    union
    select
        shop_id,
        parent_id as order_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'order_lines'
),

-- An order of unknown age counts as covered where any of its shop's orders have been read completely.
covered as (
    select distinct
        parted.shop_id,
        parted.order_id
    from parted
    inner join {{ ref('int_coverage__windows') }} as windows
        on
            parted.shop_id = windows.shop_id
            and coalesce(parted.order_created_at between windows.window_from and windows.window_to, true)
    where parted.right_amount is null and windows.system = 'tiktok_shop' and windows.entity = 'orders'
)

select
    parted.shop_id,
    parted.order_id,
    case
        when parted.is_doubled then 'duplicate_key'
        when parted.right_amount is not null then 'mismatched'
        when held.order_id is not null then 'accepted'
        when covered.order_id is not null then 'missing_right'
        else 'in_transit'
    end as status,
    parted.left_amount,
    parted.right_amount,
    cast(parted.left_amount - coalesce(parted.right_amount, 0) as decimal(18, 4)) as difference_amount,
    parted.currency,
    parted.left_as_of,
    parted.right_as_of
from parted
left join held using (shop_id, order_id)
left join covered using (shop_id, order_id)
