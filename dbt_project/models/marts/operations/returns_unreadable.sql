{{ config(contract={'enforced': true}) }}

-- Returns on TikTok Shop in quarantine: in no other mart, and in audit.quarantine with what cannot be read.
select
    returned.return_id,
    returned.order_id,
    returned.shop_id,
    returned.return_type,
    returned.return_status as status,
    returned.requested_at,
    returned.next_action,
    returned.action_due_at,
    cast(date_diff('minute', clock.as_of, returned.action_due_at) as bigint) as minutes_left,
    returned.fields,
    returned.stage not in ('refunded', 'replaced', 'closed') as is_open
from {{ ref('int_returns__unreadable') }} as returned
left join {{ ref('int_coverage__as_of') }} as clock on returned.shop_id = clock.shop_id
