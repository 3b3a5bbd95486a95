-- Tracking numbers to correct on TikTok Shop, as reverse sync takes them.
select
    package_id as entity_key,
    shop_id,
    desired,
    md5(desired) as desired_hash,
    cast(0 as decimal(18, 4)) as amount,
    '' as currency,
    false as needs_approval,
    blocked_reason
from {{ ref('int_shipments__tracking_corrections') }}
