{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- NetSuite says what a fulfilment holds, not which package: all of it is shown in the first. A member is its kit's, and
-- an item that was renamed since is what it was when it was sold.
with lines as (
    select
        orders.order_id,
        orders.first_observed_at as sold_at,
        fulfilments.fulfilment_id,
        unnest(fulfilments.lines) as line
    from {{ ref('stg_netsuite__item_fulfilments') }} as fulfilments
    inner join {{ ref('int_netsuite__sales_orders') }} as orders
        on fulfilments.sales_order_id = orders.warehouse_order_id
    where fulfilments.status = 'shipped' and not fulfilments.is_deleted and orders.order_id is not null
)

select
    lines.order_id,
    lines.fulfilment_id as shipment_id,
    '1' as carton_number,
    item_names.sku as item,
    cast(sum({{ units('lines.line.quantity') }}) as bigint) as quantity
from lines
inner join {{ ref('stg_netsuite__item_names') }} as item_names
    on
        lines.line.item = item_names.item_id
        and lines.sold_at >= item_names.named_from
        and lines.sold_at < item_names.named_until
where coalesce(lines.line.kit, '') = ''
group by lines.order_id, lines.fulfilment_id, item_names.sku
having sum({{ units('lines.line.quantity') }}) > 0
