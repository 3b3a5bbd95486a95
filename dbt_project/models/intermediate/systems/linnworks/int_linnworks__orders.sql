-- Linnworks' orders from TikTok Shop, deleted ones included, each with the TikTok order that it is for: the one that it
-- was made for by us, whatever its reference and source were changed to, else the one that its reference names.
with made as (
    select
        control_number as warehouse_order_id,
        any_value(order_id) as order_id
    from {{ ref('int_fulfilments__sent') }}
    where system = 'linnworks' and purpose = 'N'
    group by control_number
),

contents as (
    select
        order_id as warehouse_order_id,
        list({'sku': sku, 'quantity': quantity} order by sku) as lines,
        list_sort(flatten(list(line_ids))) as line_ids
    from (
        select
            order_id,
            sku,
            cast(sum(quantity) as integer) as quantity,
            list(order_line_id) as line_ids
        from {{ ref('stg_linnworks__order_lines') }}
        where not is_service
        group by order_id, sku
    ) as items
    group by order_id
)

select
    orders.order_id as warehouse_order_id,
    coalesce(made.order_id, orders.reference) as order_id,
    orders.reference,
    locations.location,
    case
        when orders.is_cancelled then 'cancelled'
        when orders.is_processed then 'shipped'
        when orders.is_parked or orders.is_locked or orders.is_on_hold or not orders.is_paid then 'held'
        when orders.is_picking then 'picking'
        else 'accepted'
    end as warehouse_status,
    orders.processed_at,
    orders.cancelled_at,
    coalesce(nullif(orders.carrier, ''), orders.service) as carrier,
    trim(orders.tracking_number) as tracking_number,
    coalesce(contents.lines, []) as lines,
    coalesce(contents.line_ids, []) as line_ids,
    orders.is_deleted,
    orders.first_observed_at,
    orders.observed_at,
    orders.loaded_through
from {{ ref('stg_linnworks__orders') }} as orders
left join made on orders.order_id = made.warehouse_order_id
left join contents on orders.order_id = contents.warehouse_order_id
left join {{ ref('stg_linnworks__locations') }} as locations on orders.location_id = locations.location_id
where orders.source = 'TIKTOK' or made.warehouse_order_id is not null
