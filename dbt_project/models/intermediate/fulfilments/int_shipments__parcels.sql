-- Parcels that left a warehouse: carrier, tracking number, and when. A processed Linnworks order is one parcel.
with cartons as (
    select
        shipment_id,
        order_id,
        carrier,
        shipped_on,
        first_observed_at,
        unnest(cartons) as carton
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
)

select
    'gxo' as system,
    order_id,
    shipment_id,
    carton.number as carton_number,
    carrier,
    coalesce(carton.tracking_numbers[1], '') as tracking_number,
    shipped_on,
    first_observed_at as advised_at
from cartons
union all
select
    'linnworks' as system,
    reference as order_id,
    order_id as shipment_id,
    '1' as carton_number,
    coalesce(nullif(carrier, ''), service) as carrier,
    trim(tracking_number) as tracking_number,
    cast(processed_at as date) as shipped_on,
    processed_at as advised_at
from {{ ref('stg_linnworks__orders') }}
where source = 'TIKTOK' and processed_at is not null and not is_deleted
