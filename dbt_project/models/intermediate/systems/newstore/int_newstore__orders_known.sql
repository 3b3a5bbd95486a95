{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- One that was cancelled or failed has no stock promised to it; one on hold waits for some, as units on hold of another
-- do.
select
    order_id,
    min(promised_since) as known_at,
    bool_or(warehouse_status in ('shipped', 'part_shipped')) as has_left,
    flatten(list(waiting_lines order by warehouse_order_id)) as waiting_lines
from {{ ref('int_newstore__orders') }}
where not is_deleted and order_id is not null and warehouse_status not in ('cancelled', 'rejected', 'held')
group by order_id
