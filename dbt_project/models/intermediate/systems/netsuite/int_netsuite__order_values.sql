{{ config(contract={'enforced': true}) }}

-- What each sales order of TikTok Shop's comes to. A closed one bills nothing.
select
    held.shop_id,
    held.order_id,
    held.warehouse_order_id as document_id,
    orders.total_amount,
    orders.currency,
    held.warehouse_status = 'cancelled' as is_closed
from {{ ref('int_netsuite__sales_orders') }} as held
inner join {{ ref('stg_netsuite__sales_orders') }} as orders on held.warehouse_order_id = orders.sales_order_id
where not held.is_deleted and held.order_id is not null
