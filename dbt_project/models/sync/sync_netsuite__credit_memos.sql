-- Credit memos and cash refunds that NetSuite is to hold, as reverse sync takes them.
select
    entity_key,
    shop_id,
    order_id,
    desired,
    md5(desired) as desired_hash,
    amount,
    currency,
    false as needs_approval,
    blocked_reason
from {{ ref('int_returns__credit_memos_due') }}
