{{ config(contract={'enforced': true}) }}

-- Unwanted orders that NewStore still has to ship, or has shipped. Whether one can be cancelled NewStore says when it
-- is asked; what has left a store is not asked for.
with warehouse_orders as (
    select
        order_id,
        bool_or(warehouse_status in ('sent', 'accepted', 'held', 'picking')) as is_open,
        bool_or(warehouse_status in ('part_shipped', 'shipped')) as is_shipped
    from {{ ref('int_newstore__warehouse_orders') }}
    group by order_id
)

select
    unwanted.order_id,
    unwanted.shop_id,
    unwanted.desired,
    unwanted.needs_approval,
    unwanted.approval_reason,
    case
        when warehouse_orders.is_shipped
            then 'CAN-02: a store has shipped it, or a part of it, which is too late to cancel'
    end as blocked_reason
from warehouse_orders
inner join {{ ref('int_cancellations__unwanted') }} as unwanted on warehouse_orders.order_id = unwanted.order_id
where
    not list_contains(unwanted.sent_to, 'newstore')
    and (warehouse_orders.is_open or warehouse_orders.is_shipped)
