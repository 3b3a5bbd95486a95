-- Orders one of whose line items is also a line of another order: a line is one physical unit, so one of them is not
-- what it says. So is an order of which two shops say that it is theirs. One row per order.
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
),

owners as (
    select
        order_id,
        list(distinct shop_id) as shop_ids
    from lines
    group by order_id
    having min(shop_id) <> max(shop_id)
),

others as (
    select
        lines.shop_id,
        lines.order_id,
        list_filter(shared.order_ids, lambda id: id <> lines.order_id) as ids
    from shared
    inner join lines using (shop_id, order_line_id)
    union all
    select
        lines.shop_id,
        lines.order_id,
        list_transform(
            list_filter(owners.shop_ids, lambda id: id <> lines.shop_id),
            lambda id: owners.order_id || ' of shop ' || id
        ) as ids
    from owners
    inner join lines using (order_id)
)

select
    shop_id,
    order_id,
    list_sort(list_distinct(flatten(list(ids)))) as other_ids
from others
group by shop_id, order_id
