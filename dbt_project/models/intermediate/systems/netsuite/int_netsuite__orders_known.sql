{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- One that was cancelled has no stock held for it; one that awaits approval has none yet.
select
    order_id,
    min(committed_since) as known_at,
    bool_or(warehouse_status = 'shipped') as has_left,
    cast([] as struct(sku varchar, quantity integer)[]) as waiting_lines
from {{ ref('int_netsuite__sales_orders') }}
where not is_deleted and order_id is not null and warehouse_status not in ('cancelled', 'held')
group by order_id
