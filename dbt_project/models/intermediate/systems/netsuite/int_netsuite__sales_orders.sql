{{ config(contract={'enforced': true}) }}

-- Sales orders of TikTok Shop's, deleted ones included, each with the TikTok order that it is for: the one that it was
-- made for by us, whatever its references were changed to, else the one that its external id or other reference names.
with made as (
    select
        control_number as sales_order_id,
        any_value(order_id) as order_id,
        any_value(shop_id) as shop_id
    from {{ ref('int_fulfilments__sent') }}
    where system = 'netsuite' and purpose = 'N'
    group by control_number
),

-- A discount or a charge is no item of the warehouse.
goods as (
    select
        lines.*,
        items.sku
    from {{ ref('stg_netsuite__sales_order_lines') }} as lines
    inner join {{ ref('stg_netsuite__items') }} as items on lines.item_id = items.item_id
),

contents as (
    select
        sales_order_id,
        list({'sku': sku, 'quantity': quantity} order by sku) as lines,
        bool_and(is_closed) as is_closed,
        bool_and(is_closed or fulfilled_quantity >= quantity) and sum(fulfilled_quantity) > 0 as is_fulfilled,
        sum(fulfilled) > 0 as is_begun,
        any_value(location_id) as location_id
    from (
        select
            sales_order_id,
            sku,
            cast(sum(quantity) as integer) as quantity,
            sum(fulfilled_quantity) as fulfilled_quantity,
            sum(greatest(fulfilled_quantity, picked_quantity, packed_quantity)) as fulfilled,
            bool_and(is_closed) as is_closed,
            any_value(location_id) as location_id
        from goods
        group by sales_order_id, sku
    ) as items
    group by sales_order_id
),

shipped as (
    select
        sales_order_id,
        max(first_observed_at) as shipped_at
    from {{ ref('stg_netsuite__item_fulfilments') }}
    where not is_deleted and status = 'shipped'
    group by sales_order_id
)

select
    orders.sales_order_id as warehouse_order_id,
    coalesce(
        made.order_id,
        nullif(regexp_extract(orders.external_id, '^tieout-order-.+-([^-]+)$', 1), ''),
        orders.other_reference
    ) as order_id,
    coalesce(made.shop_id, nullif(regexp_extract(orders.external_id, '^tieout-order-(.+)-[^-]+$', 1), '')) as shop_id,
    coalesce(orders.other_reference, orders.external_id) as reference,
    contents.location_id as location,
    case
        when contents.is_fulfilled or orders.status in ('F', 'G') then 'shipped'
        when contents.is_closed or orders.status in ('C', 'H') then 'cancelled'
        when orders.status = 'A' then 'held'
        when contents.is_begun then 'picking'
        else 'accepted'
    end as warehouse_status,
    case when contents.is_fulfilled or orders.status in ('F', 'G') then shipped.shipped_at end as shipped_at,
    case
        when not contents.is_fulfilled and (contents.is_closed or orders.status in ('C', 'H')) then orders.observed_at
    end as cancelled_at,
    coalesce(contents.lines, []) as lines,
    orders.is_deleted,
    orders.first_observed_at,
    orders.observed_at,
    orders.loaded_through
from {{ ref('stg_netsuite__sales_orders') }} as orders
left join made on orders.sales_order_id = made.sales_order_id
left join contents on orders.sales_order_id = contents.sales_order_id
left join shipped on orders.sales_order_id = shipped.sales_order_id
