-- What the bank should show for each payment, where and by when. A deleted payment stays: its deposit is still its own.
with books as (
    select coalesce(any_value(days_to_arrive), 5) as days_to_arrive from {{ ref('stg_config__books') }}
    where not is_deleted
)

select
    payments.shop_id,
    payments.payment_id,
    payments.payment_status,
    payments.is_deleted,
    payments.amount,
    payments.computed_amount,
    payments.currency,
    payments.currency <> payments.currency_before_exchange as is_exchanged,
    shops.bank_account_id as account_id,
    -- A bank dates by its own clock: on the Pacific coast of the US it may still be the day before.
    cast(coalesce(payments.paid_at, payments.created_at) - interval 8 hour as date) as paid_on,
    cast(coalesce(payments.paid_at, payments.created_at) as date) + books.days_to_arrive + 5 as expected_until,
    payments.paid_at + to_days(books.days_to_arrive) as due_at,
    payments.payment_status = 'PAID' as is_paid,
    coalesce(
        payments.payment_status = 'PAID'
        and payments.amount <> 0
        and clock.as_of >= payments.paid_at + to_days(books.days_to_arrive),
        false
    ) as is_overdue,
    payments.observed_at
from {{ ref('int_payouts__payments') }} as payments
cross join books
left join {{ ref('stg_config__shops') }} as shops
    on payments.shop_id = shops.configured_shop_id and not shops.is_deleted
left join {{ ref('int_coverage__as_of') }} as clock on payments.shop_id = clock.shop_id
where (payments.is_known or payments.is_deleted) and not payments.is_quarantined and not payments.is_surplus
