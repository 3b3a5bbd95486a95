{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    order_id,
    fulfilment_request_id as shipment_id,
    carton_number,
    max(carrier) as carrier,
    tracking_number,
    cast(max(shipped_at) as date) as shipped_on,
    max(shipped_at) as advised_at,
    max(loaded_through) as loaded_through
from {{ ref('int_newstore__shipped_items') }}
group by order_id, fulfilment_request_id, carton_number, tracking_number
