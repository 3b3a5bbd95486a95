{{ config(contract={'enforced': true}) }}

-- NewStore's orders of TikTok Shop's channel, deleted ones included, each with the TikTok order that it is for: the one
-- that it was made for by us, else the one that its external id names. What is left of one that shipped in part stays
-- open: NewStore looks for another store.
with made as (
    select
        control_number as newstore_order_id,
        any_value(order_id) as order_id,
        any_value(location) as location
    from {{ ref('int_fulfilments__sent') }}
    where system = 'newstore' and purpose = 'N'
    group by control_number
),

items as (
    select
        items.newstore_order_id,
        count(*) as items,
        count(*) filter (where items.item_status = 'cancelled') as cancelled_items,
        count(*) filter (where items.item_status in ('complete', 'returned')) as shipped_items,
        max(items.shipped_at) as shipped_at,
        min(items.node_id) as node_id,
        min(places.location) as location
    from {{ ref('stg_newstore__order_items') }} as items
    left join {{ ref('int_newstore__places') }} as places on items.node_id = places.node_id
    group by items.newstore_order_id
),

-- Of an order that is cancelled as a whole, what it was for; else what has not been cancelled.
contents as (
    select
        newstore_order_id,
        list({'sku': product_id, 'quantity': quantity} order by product_id) as lines
    from (
        select
            lines.newstore_order_id,
            lines.product_id,
            cast(count(*) as integer) as quantity
        from {{ ref('stg_newstore__order_items') }} as lines
        inner join items on lines.newstore_order_id = items.newstore_order_id
        where lines.item_status is distinct from 'cancelled' or items.cancelled_items = items.items
        group by lines.newstore_order_id, lines.product_id
    ) as counted
    group by newstore_order_id
),

-- Stock was promised to some of its items, and not to these.
waiting as (
    select
        newstore_order_id,
        list({'sku': product_id, 'quantity': quantity} order by product_id) as lines
    from (
        select
            newstore_order_id,
            product_id,
            cast(count(*) as integer) as quantity
        from {{ ref('stg_newstore__order_items') }}
        where item_status = 'on_hold'
        group by newstore_order_id, product_id
    ) as counted
    group by newstore_order_id
),

taken_on as (
    select distinct newstore_order_id from {{ ref('stg_newstore__fulfilment_requests') }}
    where request_status in ('acknowledged', 'partially_completed') and not is_deleted
),

classified as (
    select
        orders.*,
        coalesce(made.order_id, orders.external_id) as order_id,
        coalesce(made.location, items.location, items.node_id) as location,
        items.shipped_at,
        coalesce(contents.lines, []) as lines,
        waiting.lines as waiting_lines,
        case
            when orders.order_status = 'failed' then 'rejected'
            when items.cancelled_items = items.items then 'cancelled'
            when items.shipped_items = items.items then 'shipped'
            when items.shipped_items + items.cancelled_items = items.items then 'part_shipped'
            when items.shipped_items > 0 or taken_on.newstore_order_id is not null then 'picking'
            when orders.order_status = 'on_hold' then 'held'
            else 'accepted'
        end as warehouse_status
    from {{ ref('stg_newstore__orders') }} as orders
    left join made on orders.newstore_order_id = made.newstore_order_id
    left join items on orders.newstore_order_id = items.newstore_order_id
    left join contents on orders.newstore_order_id = contents.newstore_order_id
    left join waiting on orders.newstore_order_id = waiting.newstore_order_id
    left join taken_on on orders.newstore_order_id = taken_on.newstore_order_id
    where orders.order_status is distinct from 'created_for_blind_return'
)

select
    newstore_order_id as warehouse_order_id,
    order_id,
    external_id as reference,
    location,
    warehouse_status,
    case when warehouse_status in ('shipped', 'part_shipped') then coalesce(shipped_at, updated_at) end as shipped_at,
    case when warehouse_status = 'cancelled' then coalesce(updated_at, observed_at) end as cancelled_at,
    lines,
    is_deleted,
    first_observed_at,
    coalesce(promised_since, first_observed_at) as promised_since,
    coalesce(waiting_lines, []) as waiting_lines,
    observed_at,
    loaded_through
from classified
