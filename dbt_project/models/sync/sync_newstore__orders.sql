-- Orders to give to NewStore, as reverse sync takes it.
select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    blocked_reason
from {{ ref('int_newstore__orders_due') }}
