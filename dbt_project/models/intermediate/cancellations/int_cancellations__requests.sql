-- One row per buyer's request to cancel that waits for our answer, with where the goods are as far as anyone has said.
with warehouse_orders as (
    select
        shop_id,
        order_id,
        any_value(system) as system,
        bool_or(warehouse_status = 'shipped') as has_left,
        bool_or(warehouse_status = 'part_shipped') as has_partly_left,
        bool_or(warehouse_status in ('sent', 'accepted', 'held', 'picking')) as is_at_warehouse,
        bool_or(warehouse_status = 'cancelled') as is_stopped
    from {{ ref('int_fulfilments__warehouse_orders') }}
    group by shop_id, order_id
),

-- What was sent and never answered may have arrived.
on_its_way as (
    select distinct
        outbox.shop_id,
        outbox.entity_key as order_id
    from {{ ref('stg_tieout__outbox') }} as outbox
    inner join {{ ref('int_systems') }} as systems on outbox.sync = systems.order_sync
    where outbox.state in ('leased', 'sent', 'unknown')
),

active_lines as (
    select
        shop_id,
        order_id,
        list(order_line_id) as line_ids
    from {{ ref('stg_tiktok_shop__order_lines') }}
    where line_status is distinct from 'CANCELLED'
    group by shop_id, order_id
)

select
    requests.shop_id,
    requests.cancel_id,
    requests.order_id,
    orders.system,
    orders.location,
    case
        when warehouse_orders.has_left then 'left'
        when warehouse_orders.has_partly_left then 'partly_left'
        when warehouse_orders.is_at_warehouse or on_its_way.order_id is not null then 'at_warehouse'
        when warehouse_orders.is_stopped then 'stopped'
        else 'not_sent'
    end as goods,
    list_has_all(requests.line_ids, coalesce(active_lines.line_ids, [])) as is_whole_order,
    requests.line_ids,
    requests.reason,
    requests.requested_at,
    requests.answer_due_at,
    requests.observed_at
from {{ ref('stg_tiktok_shop__cancellations') }} as requests
inner join {{ ref('int_fulfilments__orders') }} as orders
    on requests.shop_id = orders.shop_id and requests.order_id = orders.order_id
left join warehouse_orders
    on requests.shop_id = warehouse_orders.shop_id and requests.order_id = warehouse_orders.order_id
left join on_its_way on requests.shop_id = on_its_way.shop_id and requests.order_id = on_its_way.order_id
left join active_lines on requests.shop_id = active_lines.shop_id and requests.order_id = active_lines.order_id
where requests.cancel_status = 'CANCELLATION_REQUEST_PENDING' and not requests.is_deleted
