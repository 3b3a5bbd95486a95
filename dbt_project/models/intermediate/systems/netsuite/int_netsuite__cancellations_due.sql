{{ config(contract={'enforced': true}) }}

-- Unwanted orders that NetSuite still has to ship, or has shipped: once something was picked, nothing can be closed
-- there. It closes them by its own ids: whoever entered one, and whatever external id it carries by now. One that was
-- closed once is not proposed again.
with closed as (
    select
        shop_id,
        entity_key as order_id,
        unnest(from_json(desired -> '$.sales_orders', '["VARCHAR"]')) as warehouse_order_id
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'netsuite__order_closures'
),

warehouse_orders as (
    select
        unwanted.shop_id,
        orders.order_id,
        bool_or(orders.warehouse_status in ('sent', 'accepted', 'held')) as is_open,
        bool_or(orders.warehouse_status = 'picking') as is_picking,
        bool_or(orders.warehouse_status = 'shipped') as is_shipped,
        coalesce(
            list(orders.warehouse_order_id order by orders.warehouse_order_id)
            filter (where orders.warehouse_status in ('sent', 'accepted', 'held')),
            []
        ) as open_ids
    from {{ ref('int_netsuite__warehouse_orders') }} as orders
    inner join {{ ref('int_cancellations__unwanted') }} as unwanted on orders.order_id = unwanted.order_id
    anti join closed
        on
            unwanted.shop_id = closed.shop_id
            and orders.order_id = closed.order_id
            and orders.warehouse_order_id = closed.warehouse_order_id
    group by unwanted.shop_id, orders.order_id
)

select
    unwanted.order_id,
    unwanted.shop_id,
    cast(json_merge_patch(
        to_json({
            'external_id': 'tieout-order-' || unwanted.shop_id || '-' || unwanted.order_id,
            'sales_orders': warehouse_orders.open_ids
        }),
        unwanted.desired
    ) as varchar) as desired,
    unwanted.needs_approval,
    unwanted.approval_reason,
    case
        when warehouse_orders.is_picking then 'CAN-01: it is being picked; stop it there, then close its lines'
        when not warehouse_orders.is_open then 'CAN-02: NetSuite has shipped it, which is too late to cancel'
    end as blocked_reason
from warehouse_orders
inner join {{ ref('int_cancellations__unwanted') }} as unwanted
    on warehouse_orders.shop_id = unwanted.shop_id and warehouse_orders.order_id = unwanted.order_id
where warehouse_orders.is_open or warehouse_orders.is_picking or warehouse_orders.is_shipped
