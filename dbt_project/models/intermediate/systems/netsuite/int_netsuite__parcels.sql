{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A fulfilment is a parcel for each of its packages; one without packages is one parcel without a number.
with shipped as (
    select
        orders.order_id,
        fulfilments.*
    from {{ ref('stg_netsuite__item_fulfilments') }} as fulfilments
    inner join {{ ref('int_netsuite__sales_orders') }} as orders
        on fulfilments.sales_order_id = orders.warehouse_order_id
    where fulfilments.status = 'shipped' and not fulfilments.is_deleted and orders.order_id is not null
),

parcels as (
    select
        *,
        unnest(if(len(packages) = 0, [{'tracking': ''}], packages)) as package,
        generate_subscripts(if(len(packages) = 0, [{'tracking': ''}], packages), 1) as carton
    from shipped
)

select
    order_id,
    fulfilment_id as shipment_id,
    cast(carton as varchar) as carton_number,
    carrier,
    trim(coalesce(package.tracking, '')) as tracking_number,
    shipped_on,
    first_observed_at as advised_at,
    loaded_through
from parcels
