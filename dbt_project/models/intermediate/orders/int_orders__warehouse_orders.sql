-- The warehouse orders that fulfilment systems hold for each order, added up. One row per order number that they name.
-- A cancelled or rejected one holds nothing; one that waits, is picked or has shipped does: it is active.
with held as (
    select
        *,
        warehouse_status not in ('cancelled', 'rejected') as is_active,
        warehouse_status in ('sent', 'accepted', 'held', 'picking') as is_open,
        -- The one that says most of the order comes first.
        list_position(
            ['cancelled', 'rejected', 'sent', 'accepted', 'held', 'picking', 'part_shipped', 'shipped'],
            warehouse_status
        ) as weight
    from {{ ref('int_fulfilments__warehouse_orders') }}
),

contents as (
    select
        order_id,
        line.sku,
        sum(line.quantity) as quantity
    from (
        select
            order_id,
            unnest(lines) as line
        from held
        where is_active
    ) as active
    group by order_id, line.sku
),

listed as (
    select
        order_id,
        string_agg(sku || ' x' || quantity, ', ' order by sku) as contents,
        sum(quantity) as units
    from contents
    group by order_id
)

select
    held.order_id,
    max(held.shop_id) as shop_id,
    arg_max(held.system, held.weight) as system,
    arg_max(held.location, held.weight) as location,
    arg_max(held.warehouse_status, held.weight) as warehouse_status,
    list(held.system || '/' || held.warehouse_order_id order by held.warehouse_order_id) as warehouse_order_ids,
    count(*) filter (where held.is_active) as active_warehouse_orders,
    count(*) filter (where held.is_open) as open_warehouse_orders,
    min(held.accepted_at) as accepted_at,
    min(held.shipped_at) as shipped_at,
    max(held.cancelled_at) as warehouse_order_cancelled_at,
    list_sort(
        list(distinct held.system || '/' || held.location) filter (where held.is_open)
    ) as open_places,
    max(coalesce(held.reference, '')) filter (
        where held.is_active and coalesce(held.reference, '') <> held.order_id
    ) as other_reference,
    max(held.warehouse_order_id) filter (where held.is_merged and held.is_active) as merged_into,
    coalesce(any_value(listed.contents), '') as contents,
    coalesce(any_value(listed.units), 0) as units,
    max(held.observed_at) as observed_at
from held
left join listed using (order_id)
where held.order_id is not null
group by held.order_id
