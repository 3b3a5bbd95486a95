-- One row per carton that left a GXO site: its tracking number and the line items of the order that are in it.
with cartons as (
    select
        shipment_id,
        order_id,
        carrier,
        shipped_on,
        first_observed_at as advised_at,
        unnest(cartons) as carton
    from {{ ref('stg_gxo__shipping_advices') }}
),

contents as (
    select
        shipment_id,
        order_id,
        line.carton as carton_number,
        line.sku as item,
        line.shipped as quantity,
        sum(line.shipped) over (
            partition by order_id, line.sku
            order by shipment_id asc, line.carton asc
            rows between unbounded preceding and current row
        ) as last_unit
    from (
        select
            shipment_id,
            order_id,
            unnest(lines) as line
        from {{ ref('stg_gxo__shipping_advices') }}
    ) as advised
    where line.shipped > 0
),

packed as (
    select
        units.shop_id,
        units.order_id,
        units.order_line_id,
        contents.shipment_id,
        contents.carton_number
    from {{ ref('int_fulfilments__units') }} as units
    inner join contents
        on
            units.order_id = contents.order_id
            and units.item = contents.item
            and units.unit_number between contents.last_unit - contents.quantity + 1 and contents.last_unit
),

needed as (
    select
        shop_id,
        order_id,
        order_line_id,
        count(*) as units
    from {{ ref('int_fulfilments__units') }}
    group by all
),

-- A bundle counts as shipped with the last carton that holds one of its parts.
whole as (
    select
        packed.shop_id,
        packed.order_id,
        packed.order_line_id,
        max({'shipment_id': packed.shipment_id, 'carton_number': packed.carton_number}) as parcel
    from packed
    inner join needed
        on
            packed.shop_id = needed.shop_id
            and packed.order_id = needed.order_id
            and packed.order_line_id = needed.order_line_id
    group by packed.shop_id, packed.order_id, packed.order_line_id, needed.units
    having count(*) = needed.units
)

select
    whole.shop_id,
    whole.order_id,
    cartons.shipment_id,
    cartons.carton.number as carton_number,
    cartons.carrier,
    coalesce(cartons.carton.tracking_numbers[1], '') as tracking_number,
    list(whole.order_line_id order by whole.order_line_id) as order_line_ids,
    cartons.shipped_on,
    cartons.advised_at
from whole
inner join cartons
    on
        whole.order_id = cartons.order_id
        and whole.parcel.shipment_id = cartons.shipment_id
        and whole.parcel.carton_number = cartons.carton.number
group by all
