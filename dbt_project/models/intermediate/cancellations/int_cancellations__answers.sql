-- Answers to buyers who ask to cancel: yes while the goods are here, no once they left, nothing before it is known.
with policy as (
    select coalesce(bool_or(answer_cancellations = 'auto') filter (where not is_deleted), false) as is_automatic
    from {{ ref('stg_config__fulfilment') }}
),

answered as (
    select
        requests.*,
        orders.total_amount,
        orders.currency,
        policy.is_automatic,
        cast(to_json({
            'cancel_id': requests.cancel_id,
            'order_id': requests.order_id,
            'answer': if(requests.goods in ('left', 'partly_left'), 'reject', 'approve'),
            -- An approval holds for the goods where they were.
            'goods': requests.goods
        }) as varchar) as desired
    from {{ ref('int_cancellations__requests') }} as requests
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on requests.shop_id = orders.shop_id and requests.order_id = orders.order_id
    cross join policy
)

select
    cancel_id,
    shop_id,
    order_id,
    desired,
    cast(coalesce(total_amount, 0) as decimal(18, 4)) as amount,
    coalesce(currency, '') as currency,
    -- Once the warehouse has stopped the order there is nothing left to decide.
    not is_automatic and goods <> 'stopped' as needs_approval,
    'it answers a buyer who asks to cancel' as approval_reason,
    case
        when goods = 'partly_left'
            then 'CAN-02: part of order ' || order_id || ' has left the warehouse: answer the buyer in Seller Center'
        when goods = 'at_warehouse' and not is_whole_order
            then 'CAN-07: the warehouse cannot stop single lines of order ' || order_id || ': answer in Seller Center'
        when goods = 'at_warehouse'
            then 'CAN-03: the warehouse has order ' || order_id || ' and has not said whether it stopped it'
    end as blocked_reason
from answered
