-- Deposits for sales orders that NetSuite is to hold, as reverse sync takes them. One that was deleted there is not
-- written again by itself.
select
    external_id as entity_key,
    shop_id,
    order_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    false as needs_approval,
    blocked_reason
from {{ ref('int_books__deposits') }}
where deposit_count = 0 and acknowledged_at is null and amount > 0
