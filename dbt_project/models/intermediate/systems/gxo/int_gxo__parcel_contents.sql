{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with advised as (
    select
        shipment_id,
        order_id,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
)

select
    order_id,
    shipment_id,
    coalesce(line.carton, '') as carton_number,
    line.sku as item,
    cast(sum(line.shipped) as bigint) as quantity
from advised
where line.shipped > 0
group by all
