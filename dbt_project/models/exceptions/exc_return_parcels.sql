-- Returned goods in the warehouse: received unknown to TikTok Shop, inspected and not refunded, not as announced, or
-- sellable and not in stock. One row per code and return.
with returned as not materialized (
    select
        known.*,
        taken.taken_in_at,
        taken.taken_in,
        taken.location as taken_in_by,
        surplus.surplus is not null as has_strange_receipt
    from {{ ref('int_returns__clocks') }} as known
    left join {{ ref('int_returns__taken_in') }} as taken using (shop_id, return_id)
    left join {{ ref('int_returns__surplus') }} as surplus using (shop_id, return_id)
),

found as (
    select
        'RET-05' as code,
        shop_id,
        return_id,
        refund_amount as amount,
        currency,
        action_due_at as due_at,
        if(stage = 'approved', 'on its way or received', 'received in the portal') as expected,
        if(received_at is null, 'taken into stock at ' || taken_in_by || ' ', 'received ')
        || strftime(coalesce(received_at, taken_in_at), '%Y-%m-%d %H:%M') || ' UTC; '
        || if(stage = 'approved', 'TikTok Shop says ' || return_status, 'the portal says ' || portal_status) as actual,
        to_json({'order_id': order_id, 'portal_returns': portal_return_ids, 'tracking': tracking_number}) as evidence,
        'receipt not known to ' || if(stage = 'approved', 'TikTok Shop', 'the portal') as cause
    from returned
    where
        (
            stage = 'approved'
            and not is_failed
            and status_as_of >= least(received_at, taken_in_at) + {{ clock_of('receipt') }}
        )
        or (
            stage = 'shipped'
            and portal_status <> ''
            and received_at is null
            and {{ was_read('portal_windows', 'taken_in_at', 'taken_in_at + ' ~ clock_of('counterpart')) }}
        )
    union all by name
    select
        'RET-06' as code,
        shop_id,
        return_id,
        refund_amount as amount,
        currency,
        cast(null as timestamptz) as due_at,
        'refunded within ' || refund_after_hours || ' hours' as expected,
        if(
            stage = 'refunding',
            'refund running since ' || strftime(status_updated_at, '%Y-%m-%d %H:%M') || ' UTC',
            'inspected ' || strftime(graded_at, '%Y-%m-%d %H:%M') || ' UTC, and not refunded'
        ) as actual,
        to_json({'order_id': order_id, 'portal_returns': portal_return_ids, 'status': return_status}) as evidence,
        'refund late' as cause
    from {{ ref('int_returns__clocks') }}
    where
        (stage = 'refunding' and status_as_of >= status_updated_at + to_hours(refund_after_hours))
        or (
            stage = 'shipped'
            and has_goods
            and is_graded
            and (not is_failed or unknown_grades > 0)
            and (next_action is null or as_of >= action_due_at)
            and status_as_of >= graded_at + to_hours(refund_after_hours)
        )
    union all by name
    select
        'RET-08' as code,
        shop_id,
        return_id,
        refund_amount as amount,
        currency,
        action_due_at as due_at,
        units || ' sellable, as announced' as expected,
        concat_ws(
            ', ',
            received_units || ' received',
            sellable_units || ' sellable',
            if(is_other_received, received || ' instead of ' || asked, null),
            if(has_strange_receipt, taken_in || ' taken into stock', null)
        ) as actual,
        to_json({
            'order_id': order_id, 'portal_returns': portal_return_ids, 'graded': graded_lines,
            'refund_asked': refund_amount, 'units': units
        }) as evidence,
        'failed inspection' as cause
    from returned
    where
        has_strange_receipt
        or (
            has_goods
            and is_failed
            and unknown_grades = 0
            and (stage in ('approved', 'shipped') or (has_surplus and stage in ('refunding', 'refunded', 'replaced')))
        )
    union all by name
    select
        'INV-11' as code,
        restocks.shop_id,
        restocks.return_id,
        0 as amount,
        '' as currency,
        cast(null as timestamptz) as due_at,
        {{ units_at('restocks.differences', 'sellable') }} || ' in stock again' as expected,
        {{ units_at('restocks.differences', 'booked') }} || ' taken into stock' as actual,
        to_json({'order_id': restocks.order_id, 'system': restocks.system, 'lines': restocks.lines}) as evidence,
        'restock missing' as cause
    from {{ ref('int_returns__restock_clocks') }} as restocks
    where restocks.blocked_reason is null and len(restocks.differences) > 0 and restocks.is_late
)

select
    code,
    shop_id,
    'return' as entity_type,
    return_id as entity_id,
    cast(coalesce(amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    currency,
    due_at,
    expected,
    actual,
    evidence,
    cause
from found
