{{ config(materialized=atomic_view()) }}

-- Every return with what its clocks are measured by, and what was concluded of it: who decided, and how it was found.
select
    returned.*,  -- noqa: AM04
    clock.as_of,
    -- What its status says was read until then, and what the portal says in these windows.
    least(clock.as_of, coalesce(reads.read_to, clock.as_of)) as status_as_of,
    portal_reads.windows as portal_windows,
    rules.refund_after_hours,
    rules.lost_after_days,
    rules.decide_ungraded_hours,
    rules.appeal_days,
    rules.claim_days,
    portals.system is not null as has_portal,
    not returned.is_seen
    and (returned.has_platform_record or returned.is_quick_refund)
    -- A dispute follows an answer.
    and coalesce(returned.arbitration_status, '') = ''
    -- What its own warehouse receives TikTok Shop decides on by itself.
    and not (returned.is_at_tiktok and returned.stage in ('refunding', 'refunded')) as is_unseen,
    coalesce(goods.inspection, 'ungraded') as inspection,
    goods.asked,
    goods.received,
    goods.conditions,
    coalesce(goods.has_surplus, false) as has_surplus,
    coalesce(goods.is_other_received, false) as is_other_received,
    coalesce(goods.is_other_order, false) as is_other_order,
    returned.announced_otherwise is not null as is_other_announced,
    doubled.return_id is not null as is_doubled,
    -- What is not graded in full can still be found; what cannot be read says nothing.
    returned.is_graded and not coalesce(returned.is_portal_unreadable, false) and inspection = 'failed' as is_failed
from {{ ref('int_returns__returns') }} as returned
inner join {{ ref('int_coverage__as_of') }} as clock on returned.shop_id = clock.shop_id
cross join {{ ref('stg_config__returns') }} as rules
left join {{ ref('stg_config__return_portals') }} as portals
    on returned.shop_id = portals.shop_id and not portals.is_deleted
left join {{ ref('int_coverage__reads') }} as portal_reads
    on portals.system = portal_reads.system and portal_reads.entity = 'returns' and portal_reads.shop_id = ''
left join {{ ref('int_coverage__reads') }} as reads
    on reads.system = 'tiktok_shop' and reads.entity = 'returns' and returned.shop_id = reads.shop_id
left join {{ ref('int_returns__doubled') }} as doubled
    on returned.shop_id = doubled.shop_id and returned.return_id = doubled.return_id
left join {{ ref('int_returns__goods') }} as goods
    on returned.shop_id = goods.shop_id and returned.return_id = goods.return_id
