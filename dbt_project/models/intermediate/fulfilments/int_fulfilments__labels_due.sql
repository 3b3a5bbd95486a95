-- Released orders that TikTok ships and a system of ours packs: each needs TikTok's label before it is sent there.
with undone as (
    select
        shop_id,
        order_id,
        list_sort(list(package_id)) as package_ids
    from (
        select
            shop_id,
            package_id,
            unnest(order_ids) as order_id
        from {{ ref('stg_tiktok_shop__packages') }}
        where package_status = 'CANCELLED' and not is_deleted
    ) as cancelled
    group by shop_id, order_id
),

due as (
    select
        orders.shop_id,
        orders.order_id,
        orders.blocked_reason,
        -- A label that TikTok undid is bought again: then it is another intent.
        cast(to_json({'order_id': orders.order_id, 'after': coalesce(undone.package_ids, [])}) as varchar) as desired
    from {{ ref('int_fulfilments__due') }} as orders
    left join undone on orders.shop_id = undone.shop_id and orders.order_id = undone.order_id
    where orders.shipping_type = 'TIKTOK' and orders.order_status = 'AWAITING_SHIPMENT'
)

select
    order_id,
    shop_id,
    desired,
    blocked_reason
from due
