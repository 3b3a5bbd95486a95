{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A fulfilment is a parcel for each of its packages, those with a number first, for the first one holds what is in it;
-- one without packages is one parcel without a number.
with shipped as (
    select
        orders.order_id,
        fulfilments.*
    from {{ ref('stg_netsuite__item_fulfilments') }} as fulfilments
    inner join {{ ref('int_netsuite__sales_orders') }} as orders
        on fulfilments.sales_order_id = orders.warehouse_order_id
    where fulfilments.status = 'shipped' and not fulfilments.is_deleted and orders.order_id is not null
),

numbered as (
    select
        *,
        if(
            len(packages) = 0,
            [''],
            list_concat(
                list_filter(numbers_given, lambda number: number <> ''),
                list_filter(numbers_given, lambda number: number = '')
            )
        ) as numbers
    from (
        select
            *,
            list_transform(packages, lambda package: trim(coalesce(package.tracking, ''))) as numbers_given
        from shipped
    ) as trimmed
),

parcels as (
    select
        *,
        unnest(numbers) as tracking_number,
        generate_subscripts(numbers, 1) as carton
    from numbered
)

select
    order_id,
    fulfilment_id as shipment_id,
    cast(carton as varchar) as carton_number,
    carrier,
    tracking_number,
    shipped_on,
    coalesce(shipped_observed_at, first_observed_at) as advised_at,
    loaded_through
from parcels
