-- Orders to send to GXO, as reverse sync takes it.
select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    approval_reason,
    blocked_reason
from {{ ref('int_gxo__orders_due') }}
