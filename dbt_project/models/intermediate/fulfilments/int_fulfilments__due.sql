-- Orders that a system of ours must ship and neither has nor was sent, and what blocks sending it, whoever pays for
-- the label. What a system refused as unreadable counts as not sent.
with sent as (
    select
        shop_id,
        order_id,
        system,
        bool_and(coalesce(answer, '') in {{ refused_answers() }}) as is_refused,
        arg_max(control_number, sent_at) as refused_document
    from {{ ref('int_fulfilments__sent') }}
    where purpose = 'N'
    group by shop_id, order_id, system
),

due as (
    select
        orders.*,
        sent.refused_document
    from {{ ref('int_fulfilments__orders') }} as orders
    left join sent
        on
            orders.shop_id = sent.shop_id
            and orders.order_id = sent.order_id
            and orders.system = sent.system
    anti join {{ ref('int_fulfilments__orders_taken') }} as taken
        on orders.system = taken.system and orders.order_id = taken.order_id
    where
        orders.order_status in ('AWAITING_SHIPMENT', 'AWAITING_COLLECTION')
        and (sent.order_id is null or sent.is_refused)
),

known_items as (
    select * from {{ ref('int_fulfilments__known_items') }}
),

wanted as (
    select
        shop_id,
        order_id,
        system,
        location,
        unnest(lines) as line
    from due
),

-- Only a location that has reported its stock can lack an item.
unknown as (
    select
        wanted.shop_id,
        wanted.order_id,
        string_agg(wanted.line.sku, ', ' order by wanted.line.sku) as items
    from wanted
    semi join known_items as sent on wanted.system = sent.system and wanted.location = sent.location
    anti join known_items
        on
            wanted.system = known_items.system
            and wanted.location = known_items.location
            and wanted.line.sku = known_items.item
    group by wanted.shop_id, wanted.order_id
),

exchanged as (
    select
        wanted.shop_id,
        wanted.order_id,
        min(swapped.held_because) as held_because
    from wanted
    inner join {{ ref('int_items__exchanged') }} as swapped
        on wanted.shop_id = swapped.shop_id and wanted.system = swapped.system and wanted.line.sku = swapped.item
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
    due.refused_document,
    case
        when due.is_cancel_requested then 'CAN-03: the buyer asks to cancel it, and waits for an answer'
        when shared.order_id is not null
            then 'SYS-15: a line of it is also a line of order ' || array_to_string(shared.other_ids, ', ')
        when list_contains(list_transform(due.lines, lambda line: line.sku), '')
            then 'MAP-01: a line item has no seller SKU'
        when unknown.items is not null then 'MAP-01: ' || due.location || ' does not know ' || unknown.items
        when exchanged.order_id is not null then exchanged.held_because
        when due.service is null
            then 'MAP-06: services.csv has no service for shipping type ' || due.shipping_type
    end as blocked_reason
from due
left join {{ ref('int_orders__shared_lines') }} as shared
    on due.shop_id = shared.shop_id and due.order_id = shared.order_id
left join unknown on due.shop_id = unknown.shop_id and due.order_id = unknown.order_id
left join exchanged on due.shop_id = exchanged.shop_id and due.order_id = exchanged.order_id
