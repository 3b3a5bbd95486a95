-- Units that left a node, each in the parcel of its tracking number. NewStore numbers no parcels: one is known by the
-- unit that left in it first, which stays so whatever leaves later.
with lines as (
    select
        fulfilment_request_id,
        newstore_order_id,
        unnest(items) as line,
        shipped_at,
        loaded_through
    from {{ ref('stg_newstore__fulfilment_requests') }}
    where not is_deleted
),

shipped as (
    select
        orders.order_id,
        lines.fulfilment_request_id,
        lines.line.id as item_id,
        lines.line.productid as product_id,
        coalesce(lines.line.carrier, '') as carrier,
        trim(coalesce(lines.line.trackingcode, '')) as tracking_number,
        coalesce(items.shipped_at, lines.shipped_at) as shipped_at,
        lines.loaded_through
    from lines
    inner join {{ ref('int_newstore__orders') }} as orders on lines.newstore_order_id = orders.warehouse_order_id
    left join {{ ref('stg_newstore__order_items') }} as items
        on lines.newstore_order_id = items.newstore_order_id and lines.line.id = items.item_id
    where lines.line.status = 'shipped' and not orders.is_deleted and orders.order_id is not null
)

select
    * exclude (item_id),
    first_value(item_id) over (
        partition by fulfilment_request_id, tracking_number order by shipped_at, item_id
    ) as carton_number
from shipped
