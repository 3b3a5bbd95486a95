-- Documents of refunds that the books do not hold yet: none under their key, and none that was acknowledged. One that
-- was deleted there afterwards is not written again by itself, nor is what somebody seems to have booked (ERP-05). Of a
-- line that was refunded twice none is: what the second refund is to be in the books is decided by people (RET-13).
select
    memos.external_id as entity_key,
    memos.shop_id,
    memos.return_id,
    memos.order_id,
    memos.desired,
    coalesce(memos.amount, memos.refund_amount) as amount,
    memos.currency,
    coalesce(by_hand.held_because, memos.blocked_reason) as blocked_reason
from {{ ref('int_returns__credit_memos') }} as memos
left join {{ ref('int_returns__documents_by_hand') }} as by_hand
    on memos.shop_id = by_hand.shop_id and memos.return_id = by_hand.return_id
anti join {{ ref('int_returns__doubled') }} as doubled
    on memos.shop_id = doubled.shop_id and memos.return_id = doubled.return_id
where memos.document_count = 0 and memos.acknowledged_at is null
