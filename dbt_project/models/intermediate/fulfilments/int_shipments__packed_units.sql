-- Which parcel holds each unit of an order. A line item that was sent to TikTok Shop stays in the parcel that we named;
-- parcels hold what is left in the order in which they left, so that a new one takes nothing from an older one.
with contents as (
    select
        contents.system,
        contents.order_id,
        contents.item,
        contents.quantity,
        contents.shipment_id,
        contents.carton_number,
        parcels.advised_at,
        {{ joined_key(['contents.shipment_id', 'contents.carton_number']) }} as parcel_id
    from {{ ref('int_shipments__contents') }} as contents
    left join {{ ref('int_shipments__parcels') }} as parcels
        on
            contents.system = parcels.system
            and contents.order_id = parcels.order_id
            and contents.shipment_id = parcels.shipment_id
            and contents.carton_number = parcels.carton_number
),

units as (
    select
        units.*,
        sent.parcel_id as sent_parcel_id
    from {{ ref('int_fulfilments__units') }} as units
    left join {{ ref('int_shipments__lines_sent') }} as sent
        on
            units.shop_id = sent.shop_id
            and units.order_id = sent.order_id
            and units.order_line_id = sent.order_line_id
),

kept as (
    select
        units.*,
        contents.parcel_id
    from units
    inner join contents
        on
            units.system = contents.system
            and units.order_id = contents.order_id
            and units.item = contents.item
            and units.sent_parcel_id = contents.parcel_id
    qualify
        row_number() over (
            partition by units.shop_id, units.system, units.order_id, units.item, contents.parcel_id
            order by units.unit_number
        ) <= contents.quantity
),

counts as (
    select
        system,
        order_id,
        item,
        parcel_id,
        count(*) as units
    from kept
    group by all
),

free_units as (
    select
        units.*,
        row_number() over (
            partition by units.shop_id, units.system, units.order_id, units.item order by units.unit_number
        ) as place
    from units
    anti join kept
        on
            units.shop_id = kept.shop_id
            and units.order_id = kept.order_id
            and units.item = kept.item
            and units.unit_number = kept.unit_number
),

free_contents as (
    select
        contents.*,
        contents.quantity - coalesce(counts.units, 0) as free,
        sum(contents.quantity - coalesce(counts.units, 0)) over (
            partition by contents.system, contents.order_id, contents.item
            order by contents.advised_at asc, contents.parcel_id asc
            rows between unbounded preceding and current row
        ) as last_place
    from contents
    left join counts
        on
            contents.system = counts.system
            and contents.order_id = counts.order_id
            and contents.item = counts.item
            and contents.parcel_id = counts.parcel_id
),

placed as (
    select
        shop_id,
        system,
        order_id,
        order_line_id,
        item,
        unit_number,
        parcel_id,
        true as is_sent
    from kept
    union all
    select
        units.shop_id,
        units.system,
        units.order_id,
        units.order_line_id,
        units.item,
        units.unit_number,
        contents.parcel_id,
        false as is_sent
    from free_units as units
    inner join free_contents as contents
        on
            units.system = contents.system
            and units.order_id = contents.order_id
            and units.item = contents.item
            and units.place between contents.last_place - contents.free + 1 and contents.last_place
)

select
    placed.*,
    contents.shipment_id,
    contents.carton_number,
    contents.advised_at
from placed
inner join contents
    on
        placed.system = contents.system
        and placed.order_id = contents.order_id
        and placed.item = contents.item
        and placed.parcel_id = contents.parcel_id
