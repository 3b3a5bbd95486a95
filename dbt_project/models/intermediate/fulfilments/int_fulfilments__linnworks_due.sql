-- Orders that Linnworks must ship and neither has nor was told of, and what forbids telling it, whoever pays the label.
with due as (
    select orders.*
    from {{ ref('int_fulfilments__orders') }} as orders
    anti join {{ ref('int_fulfilments__sent') }} as sent
        on
            orders.shop_id = sent.shop_id
            and orders.order_id = sent.order_id
            and sent.system = 'linnworks'
            and sent.purpose = 'N'
    anti join {{ ref('int_fulfilments__linnworks_documents') }} as documents on orders.order_id = documents.order_id
    where orders.system = 'linnworks' and orders.order_status in ('AWAITING_SHIPMENT', 'AWAITING_COLLECTION')
),

known_items as (
    select
        location,
        sku as item
    from {{ ref('stg_linnworks__stock_levels') }}
),

wanted as (
    select
        shop_id,
        order_id,
        location,
        unnest(lines) as line
    from due
),

-- Only a location whose stock was read can be said not to have an item.
unknown as (
    select
        wanted.shop_id,
        wanted.order_id,
        string_agg(wanted.line.sku, ', ' order by wanted.line.sku) as items
    from wanted
    semi join known_items as told on wanted.location = told.location
    anti join known_items on wanted.location = known_items.location and wanted.line.sku = known_items.item
    group by wanted.shop_id, wanted.order_id
)

select
    due.shop_id,
    due.order_id,
    due.system,
    due.location,
    due.order_status,
    due.shipping_type,
    due.service,
    due.lines,
    due.paid_at,
    due.ready_to_ship_due_at,
    due.in_transit_due_at,
    case
        when due.is_cancel_requested then 'CAN-03: the buyer asks to cancel it, and waits for an answer'
        when unknown.items is not null then 'MAP-01: Linnworks does not know ' || unknown.items
        when due.service is null
            then 'MAP-06: services.csv has no service for shipping type ' || due.shipping_type
    end as blocked_reason
from due
left join unknown on due.shop_id = unknown.shop_id and due.order_id = unknown.order_id
