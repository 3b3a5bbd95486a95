{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    order_id,
    fulfilment_request_id as shipment_id,
    carton_number,
    product_id as item,
    count(*) as quantity
from {{ ref('int_newstore__shipped_items') }}
group by order_id, fulfilment_request_id, carton_number, product_id
