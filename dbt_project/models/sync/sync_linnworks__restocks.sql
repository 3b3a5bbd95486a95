-- Returned units that Linnworks is to take into stock, as reverse sync takes them.
select
    return_id as entity_key,
    shop_id,
    order_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    false as needs_approval,
    blocked_reason
from {{ ref('int_returns__restocks_due') }}
where system = 'linnworks'
