-- One row per parcel that left a warehouse: its tracking number and the line items of the order that are in it.
with needed as (
    select
        shop_id,
        order_id,
        order_line_id,
        count(*) as units
    from {{ ref('int_fulfilments__units') }}
    group by all
),

-- A bundle counts as shipped with the parcel that it was sent in, else with the last one that holds one of its parts.
whole as (
    select
        packed.shop_id,
        packed.system,
        packed.order_id,
        packed.order_line_id,
        max({
            'is_sent': packed.is_sent,
            'advised_at': packed.advised_at,
            'shipment_id': packed.shipment_id,
            'carton_number': packed.carton_number
        }) as parcel
    from {{ ref('int_shipments__packed_units') }} as packed
    inner join needed
        on
            packed.shop_id = needed.shop_id
            and packed.order_id = needed.order_id
            and packed.order_line_id = needed.order_line_id
    group by packed.shop_id, packed.system, packed.order_id, packed.order_line_id, needed.units
    having count(*) = needed.units
)

select
    whole.shop_id,
    whole.system,
    whole.order_id,
    parcels.shipment_id,
    parcels.carton_number,
    parcels.carrier,
    parcels.tracking_number,
    list(whole.order_line_id order by whole.order_line_id) as order_line_ids,
    parcels.shipped_on,
    parcels.advised_at
from whole
inner join {{ ref('int_shipments__parcels') }} as parcels
    on
        whole.system = parcels.system
        and whole.order_id = parcels.order_id
        and whole.parcel.shipment_id = parcels.shipment_id
        and whole.parcel.carton_number = parcels.carton_number
group by all
