-- Orders to enter in NetSuite, as reverse sync takes it.
select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    blocked_reason
from {{ ref('int_netsuite__orders_due') }}
