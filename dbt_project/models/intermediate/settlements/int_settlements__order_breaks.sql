{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook=["{{ delete_changed_settled_orders() }}", "{{ delete_progress_row() }}"]
    )
}}

-- Settled orders whose settlement lines differ from their order lines; those that match leave no row. Keys and amounts
-- are added up first, in one pass (a DECIMAL(18,4) is a whole number in 64 bits); the rest is fetched for the keys that
-- differ. One row names no order: its `loaded_through` says how far this has been built.
{%- set once = 'materialized' if builds_changed_keys() else 'not materialized' %}
with found_settlements as not materialized (
    {{ rows_of_changed_orders(ref('int_settlements__transactions'), 'settled_order_id', 'settled_order_number') }}
),

found_lines as not materialized (
    {{ rows_of_changed_orders(ref('int_orders__lines'), 'order_id', 'order_number') }}
),

settled_lines as {{ once }} (
    select
        shop_id,
        found_order_id as order_id,
        sold_amount,
        is_surplus,
        order_created_at,
        observed_at,
        loaded_through
    from found_settlements
    where found_order_id is not null and transaction_type = 'ORDER' and not is_quarantined
),

order_lines as {{ once }} (
    select
        shop_id,
        found_order_id as order_id,
        original_price_amount,
        is_cancelled,
        currency,
        observed_at,
        loaded_through
    from found_lines
),

-- Presence is one bit per side: 1 settled, 2 ordered, 4 settled with a surplus copy.
sides as (
    select
        shop_id,
        order_id,
        if(is_surplus, 0, sold_amount) as amount,
        cast(if(is_surplus, 5, 1) as utinyint) as presence
    from settled_lines
    union all
    select
        shop_id,
        order_id,
        if(is_cancelled, 0, -original_price_amount) as amount,
        cast(2 as utinyint) as presence
    from order_lines
),

breaks as materialized (
    select
        shop_id,
        order_id
    from sides
    group by shop_id, order_id
    having bit_or(presence) in (1, 5, 7) or (bit_or(presence) = 3 and sum(amount) <> 0)
),

settled as (
    select
        shop_id,
        order_id,
        cast(coalesce(sum(sold_amount) filter (where not is_surplus), 0) as decimal(18, 4)) as left_amount,
        bool_or(is_surplus) as is_doubled,
        min(order_created_at) as order_created_at,
        max(observed_at) as left_as_of,
        max(loaded_through) as loaded_through
    from settled_lines
    semi join breaks using (shop_id, order_id)
    group by shop_id, order_id
),

ordered as (
    select
        shop_id,
        order_id,
        cast(coalesce(sum(original_price_amount) filter (where not is_cancelled), 0) as decimal(18, 4)) as right_amount,
        any_value(currency) as currency,
        max(observed_at) as right_as_of,
        max(loaded_through) as loaded_through
    from order_lines
    semi join breaks using (shop_id, order_id)
    group by shop_id, order_id
),

loads as (
    {{ newest_load([
        ref('int_settlements__transactions'), ref('stg_tiktok_shop__statement_transactions'), ref('stg_tiktok_shop__orders')
    ]) }}
)

select
    settled.shop_id,
    settled.order_id,
    settled.is_doubled,
    settled.left_amount,
    ordered.right_amount,
    ordered.currency,
    settled.order_created_at,
    settled.left_as_of,
    ordered.right_as_of,
    greatest(settled.loaded_through, coalesce(ordered.loaded_through, 0)) as loaded_through
from settled
left join ordered using (shop_id, order_id)
union all
select
    '' as shop_id,
    '' as order_id,
    false as is_doubled,
    cast(null as decimal(18, 4)) as left_amount,
    cast(null as decimal(18, 4)) as right_amount,
    cast(null as varchar) as currency,
    cast(null as timestamptz) as order_created_at,
    cast(null as timestamptz) as left_as_of,
    cast(null as timestamptz) as right_as_of,
    loaded_through
from loads
