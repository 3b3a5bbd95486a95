-- Due orders that could go now, and what holds them. One that TikTok ships goes with the number of TikTok's label, and
-- TikTok shows it as awaiting collection once that is bought.
select
    due.shop_id,
    due.order_id,
    due.system,
    due.location,
    due.service,
    due.lines,
    due.paid_at,
    due.ready_to_ship_due_at,
    due.in_transit_due_at,
    due.refused_document,
    orders.currency,
    orders.created_at,
    {{ shipping_worth() }} as shipping_amount,
    if(due.shipping_type = 'TIKTOK', coalesce(labels.tracking_number, ''), '') as label_number,
    coalesce(
        due.blocked_reason,
        case
            when due.shipping_type <> 'TIKTOK' then null
            when due.order_status = 'AWAITING_SHIPMENT'
                then 'FUL-09: TikTok ships this order, and its label was not bought'
            when labels.packages > 1 or labels.orders_in_package > 1
                then 'FUL-10: TikTok split or combined its packages, and one label goes with one order'
            when coalesce(labels.tracking_number, '') = ''
                then 'FUL-08: TikTok has not given its label a number yet'
        end
    ) as blocked_reason
from {{ ref('int_fulfilments__due') }} as due
inner join {{ ref('stg_tiktok_shop__orders') }} as orders
    on due.shop_id = orders.shop_id and due.order_id = orders.order_id
left join {{ ref('int_fulfilments__labels') }} as labels
    on due.shop_id = labels.shop_id and due.order_id = labels.order_id
where
    due.order_status = 'AWAITING_SHIPMENT'
    or (due.shipping_type = 'TIKTOK' and labels.order_id is not null)
