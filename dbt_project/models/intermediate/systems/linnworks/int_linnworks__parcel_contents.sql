{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with processed as (
    select
        order_id,
        warehouse_order_id,
        unnest(lines) as line
    from {{ ref('int_linnworks__orders') }}
    where processed_at is not null and not is_deleted
)

select
    order_id,
    warehouse_order_id as shipment_id,
    '1' as carton_number,
    line.sku as item,
    cast(line.quantity as bigint) as quantity
from processed
where line.quantity > 0
