-- Refunds of what came back to tills, as reverse sync takes it.
select
    till_return_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    approval_reason,
    blocked_reason
from {{ ref('int_returns__till_refunds_due') }}
