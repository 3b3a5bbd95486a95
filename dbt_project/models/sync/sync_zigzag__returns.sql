-- Returns that ZigZag is to hold as TikTok Shop has them, as reverse sync takes them.
select
    return_id as entity_key,
    shop_id,
    order_id,
    desired,
    md5(desired) as desired_hash,
    cast(coalesce(refund_amount, 0) as decimal(18, 4)) as amount,
    coalesce(currency, '') as currency,
    false as needs_approval,
    blocked_reason
from {{ ref('int_returns__mirrors_due') }}
where system = 'zigzag'
