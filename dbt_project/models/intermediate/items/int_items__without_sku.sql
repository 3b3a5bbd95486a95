-- Listings without a seller SKU, and orders that are not over and have a line item without one: the item is
-- unknown. Only what a system of ours counts or ships must be known; a SKU that had a seller SKU once is
-- reported as changed.
with changed as (
    select
        shop_id,
        sku_id
    from {{ ref('int_items__renamed') }}
)

select
    listed.shop_id,
    'sku' as entity_type,
    listed.sku_id as entity_id,
    'SKU ' || listed.sku_id || ' of product ' || coalesce(any_value(listed.product_id), '(none)') || ' has none'
        as actual,
    [listed.sku_id] as sku_ids,
    any_value(listed.product_id) as product_id,
    cast([] as varchar[]) as order_line_ids,
    cast(0 as decimal(18, 4)) as total_amount,
    '' as currency,
    cast(null as timestamptz) as due_at
from {{ ref('int_stock__listed') }} as listed
anti join changed on listed.shop_id = changed.shop_id and listed.sku_id = changed.sku_id
where listed.item = '' and coalesce(listed.product_status, 'ACTIVATE') = 'ACTIVATE'
group by listed.shop_id, listed.sku_id
union all by name
select
    units.shop_id,
    'order' as entity_type,
    units.order_id as entity_id,
    count(distinct units.order_line_id) || ' line items have none' as actual,
    list_sort(list(distinct lines.sku_id) filter (where lines.sku_id <> '')) as sku_ids,
    list_sort(list(distinct units.order_line_id)) as order_line_ids,
    coalesce(any_value(orders.total_amount), 0) as total_amount,
    any_value(orders.currency) as currency,
    any_value(orders.ready_to_ship_due_at) as due_at
from {{ ref('int_fulfilments__units') }} as units
inner join {{ ref('stg_tiktok_shop__orders') }} as orders
    on units.shop_id = orders.shop_id and units.order_id = orders.order_id
left join {{ ref('stg_tiktok_shop__order_lines') }} as lines
    on
        units.shop_id = lines.shop_id
        and units.order_id = lines.order_id
        and units.order_line_id = lines.order_line_id
where units.item = '' and coalesce(orders.order_status, '') not in ('UNPAID', 'CANCELLED', 'DELIVERED', 'COMPLETED')
group by units.shop_id, units.order_id
