{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A carton counts with or without a number; several numbers of one are shown together.
with advices as (
    select
        shipment_id,
        order_id,
        carrier,
        coalesce(shipped_on, cast(first_observed_at as date)) as shipped_on,
        first_observed_at,
        loaded_through,
        lines,
        cartons
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
),

lines as (
    select
        shipment_id,
        order_id,
        unnest(lines) as line
    from advices
),

cartons as (
    select
        shipment_id,
        order_id,
        unnest(cartons) as carton
    from advices
),

packed as (
    select distinct
        shipment_id,
        order_id,
        coalesce(line.carton, '') as carton_number
    from lines
    where line.shipped > 0
)

select
    packed.order_id,
    packed.shipment_id,
    packed.carton_number,
    advices.carrier,
    coalesce(array_to_string(cartons.carton.tracking_numbers, ' and '), '') as tracking_number,
    advices.shipped_on,
    advices.first_observed_at as advised_at,
    advices.loaded_through
from packed
inner join advices on packed.shipment_id = advices.shipment_id and packed.order_id = advices.order_id
left join cartons
    on
        packed.shipment_id = cartons.shipment_id
        and packed.order_id = cartons.order_id
        and packed.carton_number = cartons.carton.number
