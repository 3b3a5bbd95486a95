-- Money that can be claimed back, while it can: refunds that TikTok Shop made by itself, goods that its buyers keep,
-- and parcels that got lost on their way back: what the portal was not read for is not lost.
{%- set days_until_missed = 3 %}

with windows as (
    select
        returned.shop_id,
        returned.return_id,
        -- The shop's own row before that of all shops.
        arg_min(windows.window_days, windows.map_shop_id = '*') filter (windows.kind = 'appeal') as appeal_days,
        arg_min(windows.window_days, windows.map_shop_id = '*') filter (windows.kind = 'claim') as claim_days
    from {{ ref('int_returns__clocks') }} as returned
    inner join {{ ref('stg_config__return_windows') }} as windows
        on
            windows.map_shop_id in (returned.shop_id, '*')
            and cast(coalesce(returned.refunded_at, returned.requested_at) as date)
            between windows.valid_from and windows.valid_to
    where not windows.is_deleted
    group by returned.shop_id, returned.return_id
),

returned as not materialized (
    select
        returned.* exclude (appeal_days, claim_days),
        coalesce(windows.appeal_days, returned.appeal_days) as appeal_days,
        coalesce(windows.claim_days, returned.claim_days) as claim_days,
        if(is_failed, graded_at, null) as failed_at,
        taken.taken_in_at is null and received_at is null as is_not_received,
        if(has_portal and is_not_received, refunded_at + to_days({{ days_until_missed }}), null) as missed_at,
        coalesce(failed_at, missed_at) as opens_at,
        coalesce(first_scan_at, updated_at) as posted_at
    from {{ ref('int_returns__clocks') }} as returned
    left join windows using (shop_id, return_id)
    left join {{ ref('int_returns__taken_in') }} as taken using (shop_id, return_id)
),

found as (
    select
        'RET-14' as code,
        returned.*,
        opens_at + to_days(appeal_days) as due_at,
        'appealed against by ' || strftime(opens_at + to_days(appeal_days), '%Y-%m-%d') as expected,
        'refunded by TikTok Shop, and ' || if(failed_at is null, 'not received', 'failed inspection') as actual,
        'appeal window' as cause
    from returned
    where
        stage = 'refunded'
        and is_unseen
        and has_goods
        and coalesce(arbitration_status, '') = ''
        and as_of >= opens_at
        and (failed_at is not null or {{ was_read('portal_windows', 'refunded_at', 'missed_at') }})
        and as_of < opens_at + to_days(appeal_days)
    union all by name
    select
        'RET-11' as code,
        returned.*,
        refunded_at + to_days(claim_days) as due_at,
        'reimbursed, or refunded by us' as expected,
        'refunded by TikTok Shop, and the buyer keeps the goods' as actual,
        'refund without return' as cause
    from returned
    where stage = 'refunded' and is_unseen and not has_goods and as_of < refunded_at + to_days(claim_days)
    union all by name
    select
        'RET-12' as code,
        returned.*,
        posted_at + to_days(claim_days) as due_at,
        'received within ' || lost_after_days || ' days' as expected,
        'posted, and not received' as actual,
        'parcel lost' as cause
    from returned
    where
        portal is not null
        and has_goods
        and is_not_received
        and (stage = 'shipped' or (stage in ('refunding', 'refunded') and first_scan_at is not null))
        and as_of >= posted_at + to_days(lost_after_days)
        and {{ was_read('portal_windows', 'posted_at', 'posted_at + to_days(lost_after_days)') }}
        and as_of < posted_at + to_days(claim_days)
),

-- What is lost and what can be appealed against is one claim: the appeal, while its window is open.
claimed as (
    select
        *,
        sum(refund_amount) over (partition by shop_id, order_id order by refunded_at, return_id) as claimed_amount,
        min(coalesce(least(refunded_at, first_scan_at), posted_at)) over (partition by shop_id, order_id) as since
    from (
        select * from found
        qualify code <> 'RET-12' or count(*) over (partition by shop_id, return_id) = 1
    ) as once
),

-- What was reimbursed since covers the claims of an order, the first one first.
covered as (
    select
        claimed.shop_id,
        claimed.return_id,
        sum(lines.amount) as amount
    from claimed
    inner join {{ ref('int_settlements__lines') }} as lines
        on
            claimed.shop_id = lines.shop_id
            and claimed.order_id = lines.order_id
            and claimed.currency = lines.currency
            and claimed.since <= lines.statement_at
    where lines.line_class = 'reimbursement' and lines.amount > 0
    group by claimed.shop_id, claimed.return_id
)

select
    found.code,
    found.shop_id,
    'return' as entity_type,
    found.return_id as entity_id,
    least(found.refund_amount, found.claimed_amount - coalesce(covered.amount, 0)) as money_at_risk_amount,
    found.currency,
    found.due_at,
    found.expected,
    found.actual
    || coalesce('; ' || {{ money_text('covered.amount') }} || ' of the order was reimbursed', '') as actual,
    to_json({
        'order_id': found.order_id, 'reason': found.reason, 'tracking': found.tracking_number,
        'first_scan_at': found.first_scan_at, 'received_units': found.received_units, 'units': found.units,
        'graded': found.graded_lines, 'refunded_at': found.refunded_at, 'reimbursed_amount': covered.amount
    }) as evidence,
    found.cause
from claimed as found
left join covered on found.shop_id = covered.shop_id and found.return_id = covered.return_id
-- Of a refund below zero, which contradicts itself (RET-07), nothing can be claimed.
where least(found.refund_amount, found.claimed_amount - coalesce(covered.amount, 0)) > 0
