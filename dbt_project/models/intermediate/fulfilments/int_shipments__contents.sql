-- What left a warehouse for TikTok orders, parcel by parcel: one row per system, shipment, parcel and item.
with advised as (
    select
        shipment_id,
        order_id,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
),

linnworks as (
    select
        order_id,
        warehouse_order_id,
        unnest(lines) as line
    from {{ ref('int_fulfilments__linnworks_orders') }}
    where processed_at is not null and not is_deleted
)

select
    'gxo' as system,
    order_id,
    shipment_id,
    coalesce(line.carton, '') as carton_number,
    line.sku as item,
    sum(line.shipped) as quantity
from advised
where line.shipped > 0
group by all
union all
select
    'linnworks' as system,
    order_id,
    warehouse_order_id as shipment_id,
    '1' as carton_number,
    line.sku as item,
    line.quantity
from linnworks
where line.quantity > 0
