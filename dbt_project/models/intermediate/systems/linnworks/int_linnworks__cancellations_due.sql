{{ config(contract={'enforced': true}) }}

-- Unwanted orders that Linnworks still has to ship, or has shipped: once processed, nothing can be cancelled there.
with held as (
    select
        *,
        -- What was merged is cancelled with all that is in it.
        count(*) over (partition by warehouse_order_id) > 1 as is_shared
    from {{ ref('int_linnworks__warehouse_orders') }}
),

warehouse_orders as (
    select
        order_id,
        bool_or(is_shared and warehouse_status in ('accepted', 'held', 'picking')) as is_shared,
        bool_or(warehouse_status in ('sent', 'accepted', 'picking')) as is_open,
        bool_or(warehouse_status = 'held') as is_held,
        bool_or(warehouse_status = 'shipped') as is_shipped
    from held
    group by order_id
)

select
    unwanted.order_id,
    unwanted.shop_id,
    unwanted.desired,
    unwanted.needs_approval,
    unwanted.approval_reason,
    case
        when warehouse_orders.is_shared
            then 'CAN-01: it was merged with another order in Linnworks; take its lines out there'
        when warehouse_orders.is_held
            then 'CAN-01: Linnworks holds it parked or locked; release it there, then it is cancelled'
        when not warehouse_orders.is_open then 'CAN-02: Linnworks has processed it, which is too late to cancel'
    end as blocked_reason
from warehouse_orders
inner join {{ ref('int_cancellations__unwanted') }} as unwanted on warehouse_orders.order_id = unwanted.order_id
where
    not list_contains(unwanted.sent_to, 'linnworks')
    and (warehouse_orders.is_open or warehouse_orders.is_held or warehouse_orders.is_shipped)
