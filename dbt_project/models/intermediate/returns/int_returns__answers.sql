-- One row per return that waits for our answer: what it is about, and what the tenant's policy says of it, if anything.
-- The narrowest row of the policy holds: the shop's own before `*`, then type, reason, grading, value and buyer. An
-- ungraded parcel is asked about once its time is nearly over.
with waiting as (
    select * from {{ ref('int_returns__clocks') }}
    where
        stage = 'requested'
        or (stage = 'shipped' and next_action is not null and is_graded)
        or (stage = 'shipped' and next_action is not null and as_of >= action_due_at - to_hours(decide_ungraded_hours))
),

counted as (
    select
        waiting.shop_id,
        waiting.return_id,
        count(*) - 1 as earlier_returns
    from waiting
    inner join {{ ref('int_returns__returns') }} as known
        on
            waiting.shop_id = known.shop_id
            and coalesce(waiting.buyer_key, waiting.return_id) = coalesce(known.buyer_key, known.return_id)
            and known.requested_at between waiting.requested_at - interval 365 day and waiting.requested_at
    group by waiting.shop_id, waiting.return_id
),

asked as (
    select
        found.*,
        orders.fulfillment_type,
        orders.total_amount,
        coalesce(counted.earlier_returns, 0) as earlier_returns,
        reasons.reason as reason_name,
        contradictions.contradiction,
        surplus.surplus,
        if(found.stage = 'requested', 'request', 'parcel') as step,
        if(found.stage = 'requested', '*', found.inspection) as grading,
        -- What is wrong with it, where all that is wrong has one grade.
        if(len(found.conditions) = 1, 'grade:' || nullif(found.conditions[1], ''), null) as grade
    from waiting as found
    left join counted using (shop_id, return_id)
    left join {{ ref('stg_tiktok_shop__orders') }} as orders using (shop_id, order_id)
    left join {{ ref('int_returns__contradictions') }} as contradictions using (shop_id, return_id)
    left join {{ ref('int_returns__surplus') }} as surplus using (shop_id, return_id)
    left join {{ ref('stg_config__return_reasons') }} as reasons
        on
            reasons.system = 'tiktok_shop'
            and found.reason = reasons.code
            and cast(found.requested_at as date) between reasons.valid_from and reasons.valid_to
            and not reasons.is_deleted
),

matched as (
    select
        asked.*,
        rules.decision,
        rules.offered_percent,
        rules.approval,
        rules.return_policy_id
    from asked
    left join {{ ref('stg_config__return_policy') }} as rules
        on
            rules.map_shop_id in (asked.shop_id, '*')
            and asked.step = rules.step
            and rules.return_type in (asked.return_type, '*')
            and rules.reason in (coalesce(asked.reason_name, ''), '*')
            -- Goods that were not looked at are answered by a row that says so.
            and (
                asked.grading = rules.grading
                or (asked.grading = 'failed' and asked.grade = rules.grading)
                or (asked.grading <> 'ungraded' and rules.grading = '*')
            )
            and asked.refund_amount <= rules.amount_up_to
            and asked.earlier_returns <= rules.earlier_returns_up_to
            and cast(asked.requested_at as date) between rules.valid_from and rules.valid_to
            and not rules.is_deleted
    qualify row_number() over (
        partition by asked.shop_id, asked.return_id
        order by
            rules.map_shop_id = '*' asc, rules.return_type = '*' asc, rules.reason = '*' asc, rules.grading = '*' asc,
            rules.grading = asked.grading asc, rules.amount_up_to asc, rules.earlier_returns_up_to asc,
            rules.valid_from desc, rules.return_policy_id asc
    ) = 1
)

select
    shop_id,
    return_id,
    order_id,
    step,
    grading,
    return_type,
    earlier_returns,
    refund_amount,
    currency,
    portal,
    asked,
    received,
    graded_lines,
    decision,
    approval,
    return_policy_id,
    cast(to_json({
        'amount': if(
            decision = 'offer_partial',
            {{ money_text("cast(refund_amount * 10000 as hugeint) * offered_percent // 100 * 0.0001") }},
            {{ money_text('refund_amount') }}
        ),
        'currency': currency,
        'decision': decision,
        'order_id': order_id, 'return_id': return_id, 'return_type': return_type, 'step': step,
        -- A buyer who refuses an offer asks anew.
        'was_offered': coalesce(partial_refund_amount, 0) > 0
    }) as varchar) as desired,
    case
        when not is_order_known then 'RET-04: order ' || order_id || ' is not there; answer in Seller Center'
        when unsold_lines > 0 or other_sku_lines > 0
            then 'RET-04: the return names lines that order ' || order_id || ' does not have; answer in Seller Center'
        when coalesce(lines_amount <> refund_amount, true)
            then
                'RET-07: the refund is ' || refund_amount || ', its lines add up to '
                || coalesce(cast(lines_amount as varchar), 'nothing') || '; answer in Seller Center'
        when contradiction is not null then 'RET-07: ' || contradiction || '; answer in Seller Center'
        when refund_amount > total_amount
            then 'RET-07: ' || refund_amount || ' is more than the ' || total_amount || ' paid; answer in Seller Center'
        when is_doubled then 'RET-13: a line of it is asked for twice; answer in Seller Center'
        when step = 'parcel' and is_other_order
            then 'RET-04: the portal has a parcel of another order under this return; answer in Seller Center'
        when step = 'parcel' and is_other_announced
            then 'RET-03: the portal expects other goods than the return asks for; answer in Seller Center'
        when step = 'parcel' and fulfillment_type = 'FULFILLMENT_BY_TIKTOK'
            then 'RET-08: TikTok Shop decides on what its own warehouse received'
        when step = 'parcel' and grading <> 'failed' and surplus is not null
            then 'RET-08: ' || surplus || ' taken into stock beyond what is asked for; have it counted again'
        when decision = 'reject' and is_quick_refund
            then 'RET-14: TikTok Shop has refunded it already; appeal in Seller Center'
        when is_portal_unreadable then 'SYS-03: what the portal says of it cannot be read; see audit.quarantine'
        when unknown_grades > 0 then 'RET-09: a grade of it is in no row of grades.csv; add one'
    end as blocked_reason
from matched
