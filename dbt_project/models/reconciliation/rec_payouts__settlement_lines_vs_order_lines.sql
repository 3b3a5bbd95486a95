{{ config(materialized=atomic_view()) }}

-- Settled orders against the orders themselves, one row per order that differs; a matched order has no row. Duplicates
-- are checked first, and a missing order is believed to be missing only inside a window of orders that was read
-- completely.
with breaks as (
    select *
    from {{ ref('int_settlements__order_breaks') }}
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
        breaks.shop_id,
        breaks.order_id
    from breaks
    inner join {{ ref('int_coverage__windows') }} as windows
        on
            breaks.shop_id = windows.shop_id
            and coalesce(breaks.order_created_at between windows.window_from and windows.window_to, true)
    where breaks.right_amount is null and windows.system = 'tiktok_shop' and windows.entity = 'orders'
)

select
    breaks.shop_id,
    breaks.order_id,
    case
        when breaks.is_doubled then 'duplicate_key'
        when breaks.right_amount is not null then 'mismatched'
        when held.order_id is not null then 'accepted'
        when covered.order_id is not null then 'missing_right'
        else 'in_transit'
    end as status,
    breaks.left_amount,
    breaks.right_amount,
    cast(breaks.left_amount - coalesce(breaks.right_amount, 0) as decimal(18, 4)) as difference_amount,
    breaks.currency,
    breaks.left_as_of,
    breaks.right_as_of
from breaks
left join held using (shop_id, order_id)
left join covered using (shop_id, order_id)
