{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    order_id,
    warehouse_order_id as shipment_id,
    '1' as carton_number,
    carrier,
    tracking_number,
    cast(processed_at as date) as shipped_on,
    processed_at as advised_at,
    loaded_through
from {{ ref('int_linnworks__orders') }}
where processed_at is not null and not is_deleted
