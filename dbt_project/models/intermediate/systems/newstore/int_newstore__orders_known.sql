{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- One that was cancelled or failed has no stock promised to it. Of one on hold the units on hold wait for some; where
-- no unit says so, all of them do.
select
    order_id,
    min(promised_since) as known_at,
    bool_or(warehouse_status in ('shipped', 'part_shipped')) as has_left,
    flatten(list(waiting_lines order by warehouse_order_id)) as waiting_lines
from {{ ref('int_newstore__orders') }}
where
    not is_deleted
    and order_id is not null
    and warehouse_status not in ('cancelled', 'rejected')
    and (warehouse_status <> 'held' or len(waiting_lines) > 0)
group by order_id
