-- Documents of refunds that the books do not hold yet: none under their key, and none that was acknowledged. One that
-- was deleted there afterwards is not written again by itself (ERP-05). Of a line that was refunded twice none is: what
-- the second refund is to be in the books is decided by people (RET-13).
select
    external_id as entity_key,
    shop_id,
    return_id,
    order_id,
    desired,
    amount,
    currency,
    blocked_reason
from {{ ref('int_returns__credit_memos') }}
anti join {{ ref('int_returns__doubled') }} using (shop_id, return_id)
where document_count = 0 and acknowledged_at is null
