-- Orders one of whose line items is also a line of another order: a line is one physical unit, so one of them is not
-- what it says. One row per order.
with lines as (
    select
        shop_id,
        order_id,
        order_line_id
    from {{ ref('stg_tiktok_shop__order_lines') }}
    where not is_deleted and order_line_id <> ''
),

shared as (
    select
        shop_id,
        order_line_id,
        list(distinct order_id) as order_ids
    from lines
    group by shop_id, order_line_id
    having min(order_id) <> max(order_id)
)

select
    lines.shop_id,
    lines.order_id,
    list_sort(list_distinct(flatten(list(list_filter(shared.order_ids, lambda id: id <> lines.order_id))))) as other_ids
from shared
inner join lines using (shop_id, order_line_id)
group by lines.shop_id, lines.order_id
