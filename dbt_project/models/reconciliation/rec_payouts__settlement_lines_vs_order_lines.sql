-- Settled orders against the orders themselves. Keys and whole minor units are joined first; the rest is fetched for the
-- rows that part.
with settled as (
    select
        shop_id,
        settled_order_id as order_id,
        {{ to_minor_units('coalesce(sum(sold_amount) filter (where not is_surplus), 0)') }} as left_minor,
        count(*) filter (where is_surplus) as surplus_count,
        min(order_created_at) as order_created_at,
        max(observed_at) as left_as_of
    from {{ ref('int_settlements__transactions') }}
    where settled_order_id is not null and transaction_type = 'ORDER' and not is_quarantined
    group by shop_id, settled_order_id
),

ordered as (
    select
        shop_id,
        order_id,
        {{ to_minor_units('coalesce(sum(original_price_amount) filter (where not is_cancelled), 0)') }} as right_minor,
        any_value(currency) as currency,
        max(observed_at) as right_as_of
    from {{ ref('int_orders__lines') }}
    group by shop_id, order_id
),

held as (
    select distinct shop_id, record_id as order_id from {{ ref('quarantine') }} where entity = 'orders'
    union
    select distinct shop_id, parent_id as order_id from {{ ref('quarantine') }} where entity = 'order_lines'
),

covered as (
    select shop_id, min(window_from) as window_from, max(window_to) as window_to
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'orders'
    group by shop_id
)

select
    settled.shop_id,
    settled.order_id,
    case
        when ordered.order_id is null and held.order_id is not null then 'accepted'
        when
            ordered.order_id is null
            and coalesce(settled.order_created_at between covered.window_from and covered.window_to, covered.shop_id is not null)
            then 'missing_right'
        when ordered.order_id is null then 'in_transit'
        when settled.surplus_count > 0 then 'duplicate_key'
        when settled.left_minor <> ordered.right_minor then 'mismatched'
        else 'matched'
    end as status,
    cast(settled.left_minor / 10000.0 as decimal(18, 4)) as left_amount,
    cast(ordered.right_minor / 10000.0 as decimal(18, 4)) as right_amount,
    cast((settled.left_minor - coalesce(ordered.right_minor, 0)) / 10000.0 as decimal(18, 4)) as difference_amount,
    ordered.currency,
    settled.left_as_of,
    ordered.right_as_of
from settled
left join ordered using (shop_id, order_id)
left join held using (shop_id, order_id)
left join covered using (shop_id)
