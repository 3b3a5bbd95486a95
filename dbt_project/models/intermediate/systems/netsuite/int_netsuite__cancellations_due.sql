{{ config(contract={'enforced': true}) }}

-- Unwanted orders that NetSuite still has to ship, or has shipped: once something was picked, nothing can be closed
-- there.
with warehouse_orders as (
    select
        order_id,
        bool_or(warehouse_status in ('sent', 'accepted', 'held')) as is_open,
        bool_or(warehouse_status = 'picking') as is_picking,
        bool_or(warehouse_status = 'shipped') as is_shipped
    from {{ ref('int_netsuite__warehouse_orders') }}
    group by order_id
)

select
    unwanted.order_id,
    unwanted.shop_id,
    cast(json_merge_patch(
        json_object('external_id', 'tieout-order-' || unwanted.shop_id || '-' || unwanted.order_id), unwanted.desired
    ) as varchar) as desired,
    unwanted.needs_approval,
    unwanted.approval_reason,
    case
        when warehouse_orders.is_picking then 'CAN-01: it is being picked; stop it there, then close its lines'
        when not warehouse_orders.is_open then 'CAN-02: NetSuite has shipped it, which is too late to cancel'
    end as blocked_reason
from warehouse_orders
inner join {{ ref('int_cancellations__unwanted') }} as unwanted on warehouse_orders.order_id = unwanted.order_id
where
    not list_contains(unwanted.sent_to, 'netsuite')
    and (warehouse_orders.is_open or warehouse_orders.is_picking or warehouse_orders.is_shipped)
