-- Refunds of what came back to tills that TikTok Shop must still be asked for, where the tenant has it do so: each
-- waits for a person, or only those of orders that the till did not know.
with policy as (
    select till_refunds from {{ ref('stg_config__returns') }}
    where till_refunds <> 'off'
)

select
    tills.till_return_id,
    tills.shop_id,
    tills.order_id,
    cast(to_json({
        'amount': {{ money_text('tills.open_amount') }},
        'currency': tills.currency,
        'order_id': tills.order_id,
        'order_line_ids': tills.open_line_ids,
        'till_return_id': tills.till_return_id
    }) as varchar) as desired,
    tills.open_amount as amount,
    tills.currency,
    policy.till_refunds = 'ask' or tills.is_blind as needs_approval,
    if(tills.is_blind, 'a till took it back that does not know its order', 'it refunds what a till took back')
        as approval_reason,
    case
        when tills.paid_amount > 0
            then 'RET-10: the till gave back ' || {{ money_text('tills.paid_amount') }} || ' itself: ask who paid it'
        when list_contains(tills.states, 'asked')
            then
                'RET-10: the buyer asks for a part of it by return ' || array_to_string(tills.asked_by, ', ')
                || ': decide on that first'
        when list_contains(tills.states, 'other')
            then 'RET-10: ' || tills.other_items || ' came back, which is not of this order, or was refunded'
        when list_contains(tills.states, 'refunded in part')
            then 'RET-10: a line of it was refunded in part before: refund the rest in Seller Center'
        when list_contains(tills.states, 'bundle')
            then 'RET-10: a part of a bundle came back: refund it in Seller Center'
        when tills.is_other_currency
            then 'RET-10: the till says in another currency what it is worth: refund it in Seller Center'
        when not tills.is_priced then 'SYS-03: the price of a line cannot be read'
        when tills.open_amount <= 0 then 'RET-10: the till says that it is worth nothing: decide in Seller Center'
    end as blocked_reason
from {{ ref('int_returns__till_refunds') }} as tills
cross join policy
where len(tills.open_line_ids) > 0 and not tills.is_settled
