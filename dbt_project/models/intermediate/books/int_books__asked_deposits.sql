-- Each deposit that the books should hold, with what it was asked for as: where that is not known, as it would be asked
-- for now. One row per payout and order.
select
    wanted.shop_id,
    wanted.payment_id,
    wanted.order_id,
    wanted.external_id,
    wanted.amount,
    wanted.currency,
    wanted.paid_date,
    wanted.sales_order_id,
    wanted.desired,
    wanted.blocked_reason,
    acknowledged.vendor_id,
    acknowledged.acknowledged_at,
    coalesce(acknowledged.customer_reference, wanted.desired ->> '$.customer') as asked_customer,
    coalesce(acknowledged.sales_order_id, wanted.sales_order_id) as asked_sales_order_id,
    coalesce(acknowledged.account_number, wanted.desired ->> '$.account') as asked_account_number,
    coalesce(acknowledged.booking_date, wanted.paid_date) as asked_date,
    coalesce(acknowledged.memo, wanted.desired ->> '$.memo') as asked_memo
from {{ ref('int_books__order_deposits') }} as wanted
left join {{ ref('int_books__acknowledged_deposits') }} as acknowledged
    on wanted.external_id = acknowledged.external_id
