{{
    config(
        materialized=changed_keys_incremental(),
        contract={'enforced': true},
        pre_hook="{{ delete_changed_returns(of_refunds=true, also=refunds_waiting('settlement', books='books')) }}"
    )
}}

-- Every refund of a return, three ways: what TikTok Shop paid the buyer, what its settlements took back of the order,
-- and what the books hold. `settlement` compares the order's returns and settlements, `books` the document. One
-- without is looked at in every build: a document that somebody enters may name no order.
select
    returned.return_id,
    returned.order_id,
    returned.shop_id,
    returned.stage,
    returned.return_type,
    returned.refund_amount,
    returned.seller_amount,
    returned.currency,
    returned.received_at,
    returned.refunded_at,
    cast(date_diff('hour', returned.received_at, returned.refunded_at) as bigint) as intake_to_refund_hours,
    coalesce(settlements.state, if(returned.refund_amount = 0, 'equal', 'waits_for_sale')) as settlement,
    coalesce(settlements.is_break, false) as is_settlement_break,
    settlements.returned_amount as order_returned_amount,
    settlements.settled_amount as order_settled_amount,
    settled.settled_at,
    settlements.sale_settled_at,
    coalesce(
        date_trunc('month', settled.settled_at - interval 1 second)
        > date_trunc('month', settlements.sale_settled_at - interval 1 second),
        false
    ) as is_later_period,
    case
        when memos.return_id is null then if(returned.stage = 'refunded', 'in_journal', 'running')
        when memos.document_count > 1 then 'doubled'
        when memos.document_count = 0
            then if(coalesce(by_hand.held_because, memos.blocked_reason) is null, 'missing', 'held')
        when memos.booked_amount <> memos.amount or memos.booked_currency <> memos.currency then 'different'
        else 'booked'
    end as books,
    memos.credit_memo_id,
    memos.amount as document_amount,
    memos.booked_amount,
    memos.booked_day,
    coalesce(by_hand.held_because, memos.blocked_reason, '') as held_because,
    changes.loaded_through
from {{ ref('int_returns__returns') }} as returned
{{ only_changed_keys('shop_id, order_id') }}
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
left join {{ of_changed(ref('rec_refunds__returns_vs_settlements')) }} as settlements
    on returned.shop_id = settlements.shop_id and returned.order_id = settlements.order_id
left join {{ of_changed(ref('int_returns__settled')) }} as settled
    on returned.shop_id = settled.shop_id and returned.return_id = settled.return_id
left join {{ of_changed(ref('int_returns__credit_memos')) }} as memos
    on returned.shop_id = memos.shop_id and returned.return_id = memos.return_id
left join {{ ref('int_returns__documents_by_hand') }} as by_hand
    on returned.shop_id = by_hand.shop_id and returned.return_id = by_hand.return_id
where returned.stage in ('refunding', 'refunded')
