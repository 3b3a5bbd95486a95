-- Answers to returns that the tenant's policy gives, as reverse sync takes them.
select
    return_id as entity_key,
    shop_id,
    order_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    approval_reason,
    blocked_reason
from {{ ref('int_returns__decisions_due') }}
