{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- One that was cancelled, parked or locked has no stock held for it.
select
    reference as order_id,
    min(allocated_since) as known_at,
    bool_or(is_processed) as has_left,
    cast([] as struct(sku varchar, quantity integer)[]) as waiting_lines
from {{ ref('stg_linnworks__orders') }}
where source = 'TIKTOK' and not (is_deleted or is_cancelled or is_parked or is_locked)
group by reference
union all by name
select
    merged.order_id,
    merged.first_observed_at as known_at,
    warehouse_orders.warehouse_status = 'shipped' as has_left,
    cast([] as struct(sku varchar, quantity integer)[]) as waiting_lines
from {{ ref('int_linnworks__merged_orders') }} as merged
inner join {{ ref('int_linnworks__orders') }} as warehouse_orders
    on merged.warehouse_order_id = warehouse_orders.warehouse_order_id
