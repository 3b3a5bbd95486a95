-- Each deposit that the books should hold, and what is found there of it. One row per payout and order.
with found as (
    select
        external_id,
        count(*) as deposit_count,
        min(deposit_id) as deposit_id,
        cast(sum(amount) as decimal(18, 4)) as booked_amount,
        min(currency) as booked_currency,
        string_agg(nullif(differences, ''), '; ' order by deposit_id) as differences
    from {{ ref('int_books__held_deposits') }}
    group by external_id
)

select
    asked.shop_id,
    asked.payment_id,
    asked.order_id,
    asked.external_id,
    asked.amount,
    asked.currency,
    asked.paid_date,
    asked.sales_order_id,
    asked.desired,
    asked.blocked_reason,
    coalesce(found.deposit_count, 0) as deposit_count,
    found.deposit_id,
    found.booked_amount,
    found.booked_currency,
    coalesce(found.differences, '') as differences,
    asked.vendor_id,
    asked.acknowledged_at
from {{ ref('int_books__asked_deposits') }} as asked
left join found on asked.external_id = found.external_id
