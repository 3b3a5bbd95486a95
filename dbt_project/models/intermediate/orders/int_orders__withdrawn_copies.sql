-- Orders that TikTok Shop no longer has, and every line of which is a line of an order that it has: copies that were
-- taken back. One row per order.
with lines as (
    select
        shop_id,
        order_id,
        order_line_id,
        is_deleted
    from {{ ref('stg_tiktok_shop__order_lines') }}
    where order_line_id <> ''
),

gone as (
    select * from lines
    where is_deleted
),

existing as (
    select distinct
        shop_id,
        order_line_id
    from lines
    where not is_deleted and (shop_id, order_line_id) in (
        select
            shop_id,
            order_line_id
        from gone
    )
)

select
    gone.shop_id,
    gone.order_id
from gone
left join existing using (shop_id, order_line_id)
group by gone.shop_id, gone.order_id
having count(*) = count(existing.order_line_id)
