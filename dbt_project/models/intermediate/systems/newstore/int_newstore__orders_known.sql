{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- One that was cancelled or failed has no stock promised to it; one on hold waits for some.
select
    order_id,
    min(first_observed_at) as known_at,
    bool_or(warehouse_status in ('shipped', 'part_shipped')) as has_left
from {{ ref('int_newstore__orders') }}
where not is_deleted and order_id is not null and warehouse_status not in ('cancelled', 'rejected', 'held')
group by order_id
