-- Answers to buyers who ask to cancel, as reverse sync takes them.
select
    cancel_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    needs_approval,
    approval_reason,
    blocked_reason
from {{ ref('int_cancellations__answers') }}
