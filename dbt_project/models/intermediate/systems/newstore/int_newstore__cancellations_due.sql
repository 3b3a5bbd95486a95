{{ config(contract={'enforced': true}) }}

-- Orders that NewStore still has to ship and that are no longer wanted: cancelled on TikTok Shop, or asked to be by
-- their buyer, whom we answer when they are stopped. Whether one can be cancelled NewStore says when it is asked; what
-- has left a store is not asked for.
with policy as (
    select coalesce(bool_or(answer_cancellations = 'auto') filter (where not is_deleted), false) as is_automatic
    from {{ ref('stg_config__fulfilment') }}
),

warehouse_orders as (
    select
        order_id,
        bool_or(warehouse_status in ('sent', 'accepted', 'held', 'picking')) as is_open,
        bool_or(warehouse_status in ('part_shipped', 'shipped')) as is_shipped
    from {{ ref('int_newstore__warehouse_orders') }}
    group by order_id
),

due as (
    select
        orders.shop_id,
        orders.order_id,
        warehouse_orders.is_shipped,
        orders.order_status = 'CANCELLED' as is_cancelled,
        policy.is_automatic,
        -- Consent to stop an order is not needed any more once it is cancelled: then it is another intent.
        cast(to_json({
            'order_id': orders.order_id,
            'purpose': 'F',
            'because': if(orders.order_status = 'CANCELLED', 'cancelled', 'asked')
        }) as varchar) as desired
    from warehouse_orders
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders on warehouse_orders.order_id = orders.order_id
    cross join policy
    left join {{ ref('int_cancellations__requests') }} as requests
        on orders.shop_id = requests.shop_id and orders.order_id = requests.order_id
    anti join {{ ref('int_fulfilments__sent') }} as cancelled
        on
            orders.shop_id = cancelled.shop_id
            and orders.order_id = cancelled.order_id
            and cancelled.system = 'newstore'
            and cancelled.purpose = 'F'
    where
        (orders.order_status = 'CANCELLED' or (requests.goods = 'at_warehouse' and requests.is_whole_order))
        and not orders.is_deleted
        and (warehouse_orders.is_open or warehouse_orders.is_shipped)
)

select
    order_id,
    shop_id,
    desired,
    not is_cancelled and not is_automatic as needs_approval,
    'it stops an order because its buyer asks' as approval_reason,
    if(is_shipped, 'CAN-02: a store has shipped it, or a part of it, which is too late to cancel', null)
        as blocked_reason
from due
