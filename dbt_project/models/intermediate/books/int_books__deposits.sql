-- Each deposit that the books should hold, and what is found there under its key. One row per payout and order.
with found as (
    select
        external_id,
        count(*) as deposit_count,
        min(deposit_id) as deposit_id,
        cast(sum(amount) as decimal(18, 4)) as booked_amount,
        min(currency) as booked_currency
    from {{ ref('int_ledger__customer_deposits') }}
    where not is_deleted and not is_voided and starts_with(external_id, 'tieout-deposit-')
    group by external_id
)

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
    coalesce(found.deposit_count, 0) as deposit_count,
    found.deposit_id,
    found.booked_amount,
    found.booked_currency,
    acknowledged.vendor_id,
    acknowledged.acknowledged_at
from {{ ref('int_books__order_deposits') }} as wanted
left join found on wanted.external_id = found.external_id
left join {{ ref('int_books__acknowledged_deposits') }} as acknowledged
    on wanted.external_id = acknowledged.external_id
