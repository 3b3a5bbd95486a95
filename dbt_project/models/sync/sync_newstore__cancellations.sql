-- Cancellations to send to NewStore, as reverse sync takes it.
select
    order_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    needs_approval,
    approval_reason,
    blocked_reason
from {{ ref('int_newstore__cancellations_due') }}
