{{ config(contract={'enforced': true}) }}

-- Orders that Linnworks still has to ship and that is no longer wanted: cancelled on TikTok Shop, or asked to be by
-- their buyer, whom we answer when they are stopped. Once processed, nothing can be cancelled there.
with policy as (
    select coalesce(bool_or(answer_cancellations = 'auto') filter (where not is_deleted), false) as is_automatic
    from {{ ref('stg_config__fulfilment') }}
),

-- What was merged is cancelled with all that is in it.
held as (
    select
        *,
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
),

due as (
    select
        orders.shop_id,
        orders.order_id,
        warehouse_orders.is_open,
        warehouse_orders.is_held,
        warehouse_orders.is_shared,
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
            and cancelled.system = 'linnworks'
            and cancelled.purpose = 'F'
    where
        (orders.order_status = 'CANCELLED' or (requests.goods = 'at_warehouse' and requests.is_whole_order))
        and not orders.is_deleted
        and (warehouse_orders.is_open or warehouse_orders.is_held or warehouse_orders.is_shipped)
)

select
    order_id,
    shop_id,
    desired,
    not is_cancelled and not is_automatic as needs_approval,
    'it stops an order because its buyer asks' as approval_reason,
    case
        when is_shared then 'CAN-01: it was merged with another order in Linnworks; take its lines out there'
        when is_held then 'CAN-01: Linnworks holds it parked or locked; release it there, then it is cancelled'
        when not is_open then 'CAN-02: Linnworks has processed it, which is too late to cancel'
    end as blocked_reason
from due
