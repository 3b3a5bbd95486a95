-- Returns that wait for an answer while TikTok Shop's clock runs, and those that it decided by itself. A failed
-- inspection is a task of its own, with the same clock (exc_return_parcels).
{%- set days_shown = 3 %}

with answers as (
    select
        answers.*,
        outbox.state as intent_state,
        outbox.last_error
    from {{ ref('int_returns__answers') }} as answers
    left join {{ ref('stg_tieout__outbox') }} as outbox
        on
            answers.shop_id = outbox.shop_id
            and answers.return_id = outbox.entity_key
            and outbox.sync = 'tiktok_shop__return_decisions'
            and outbox.state in ('pending', 'unknown', 'rejected', 'dead')
    qualify row_number() over (partition by answers.shop_id, answers.return_id order by outbox.updated_at desc) = 1
),

waiting as (
    select
        'RET-01' as code,
        returned.*,
        returned.action_due_at as due_at,
        'answered by ' || coalesce(strftime(returned.action_due_at, '%Y-%m-%d %H:%M') || ' UTC', 'its deadline')
            as expected,
        case
            when answers.blocked_reason is not null then answers.blocked_reason
            when answers.intent_state in ('rejected', 'dead') then 'our answer was refused: ' || answers.last_error
            when answers.intent_state = 'unknown' then 'our answer was sent, and no reply seen'
            when answers.decision is not null and answers.approval = 'person' then 'a person has to approve the answer'
            when answers.decision is not null then 'our answer is on its way'
            when answers.grading = 'ungraded'
                then 'the parcel is ungraded, its time nearly over, and no row with grading ungraded answers it'
            when returned.stage = 'shipped' and not returned.is_graded then 'the parcel waits for its inspection'
            else 'no row of return_policy.csv answers it'
        end
        || if(returned.next_action is null, '; TikTok Shop names no action for it any more', '') as actual,
        'no answer' as cause,
        {{ severity_by_clock(3, 'returned.requested_at', 'returned.action_due_at', 'returned.as_of') }} as severity
    from {{ ref('int_returns__clocks') }} as returned
    left join answers on returned.shop_id = answers.shop_id and returned.return_id = answers.return_id
    where
        -- A request waits from when it was first read so, whatever is edited of it meanwhile.
        returned.as_of >= if(returned.stage = 'requested', returned.status_observed_at, returned.observed_at)
        + {{ clock_of('request unanswered') }}
        and (
            returned.stage = 'requested'
            or (
                returned.stage = 'shipped'
                and returned.next_action is not null
                and not returned.is_at_tiktok
                and not returned.is_failed
            )
        )
),

unseen as (
    select
        'RET-02' as code,
        *,
        cast(null as timestamptz) as due_at,
        'answered by us' as expected,
        'decided by TikTok Shop: ' || return_status as actual,
        if(coalesce(requested_by, '') in ('SYSTEM', 'OPERATOR'), 'started by TikTok Shop', 'deadline missed') as cause,
        cast(null as varchar) as severity
    from {{ ref('int_returns__clocks') }}
    where
        is_unseen
        and not is_quick_refund
        -- What TikTok Shop gave without being asked could not be refused (RET-11).
        and (has_goods or coalesce(requested_by, '') not in ('SYSTEM', 'OPERATOR'))
        and (
            stage in ('approved', 'shipped', 'refunding')
            -- What can be claimed back has a code of its own (RET-11, RET-14).
            or (
                (stage = 'replaced' or (stage = 'refunded' and has_goods and not is_failed))
                and as_of < coalesce(refunded_at, status_updated_at) + to_days({{ days_shown }})
            )
        )
),

-- What is in quarantine expires all the same.
unreadable as (
    select
        'RET-01' as code,
        returned.*,
        returned.action_due_at as due_at,
        'answered by ' || coalesce(strftime(returned.action_due_at, '%Y-%m-%d %H:%M') || ' UTC', 'its deadline')
            as expected,
        'it cannot be read; answer in Seller Center' as actual,
        'no answer' as cause,
        {{ severity_by_clock(3, 'returned.requested_at', 'returned.action_due_at', 'clock.as_of') }} as severity
    from {{ ref('int_returns__unreadable') }} as returned
    inner join {{ ref('int_coverage__as_of') }} as clock on returned.shop_id = clock.shop_id
    where
        returned.stage in ('requested', 'unknown')
        or (
            returned.stage = 'shipped'
            and (
                returned.next_action is not null
                or len(list_filter(returned.fields, lambda f: starts_with(f, 'seller_next_action_response'))) > 0
            )
        )
)

select
    code,
    shop_id,
    'return' as entity_type,
    return_id as entity_id,
    coalesce(refund_amount, 0) as money_at_risk_amount,
    currency,
    due_at,
    expected,
    actual,
    to_json({
        'order_id': order_id, 'return_type': return_type, 'reason': reason, 'requested_at': requested_at,
        'units': units, 'received_units': received_units, 'sellable_units': sellable_units, 'graded': graded_lines
    }) as evidence,
    cause,
    severity
from (
    select * from waiting
    union all by name
    select * from unseen
    union all by name
    select * from unreadable
) as found
