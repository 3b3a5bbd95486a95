-- What left a warehouse for TikTok orders, parcel by parcel: one row per system, shipment, parcel and item.
with advised as (
    select
        shipment_id,
        order_id,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
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
    orders.reference as order_id,
    orders.order_id as shipment_id,
    '1' as carton_number,
    lines.sku as item,
    sum(lines.quantity) as quantity
from {{ ref('stg_linnworks__orders') }} as orders
inner join {{ ref('stg_linnworks__order_lines') }} as lines on orders.order_id = lines.order_id
where
    orders.source = 'TIKTOK'
    and orders.processed_at is not null
    and not orders.is_deleted
    and not lines.is_service
    and lines.quantity > 0
group by orders.reference, orders.order_id, lines.sku
