-- One row per payout that is to be in the books: paid, on or after the first day that is posted, of a configured shop.
with books as (
    select coalesce(max(post_from), date '1970-01-01') as post_from from {{ ref('stg_config__books') }}
    where not is_deleted
)

select
    payments.shop_id,
    payments.payment_id,
    payments.currency,
    shops.netsuite_subsidiary,
    shops.customer_reference
from {{ ref('int_payouts__payments') }} as payments
inner join {{ ref('stg_config__shops') }} as shops
    on payments.shop_id = shops.configured_shop_id and not shops.is_deleted
cross join books
where
    payments.is_known
    and not payments.is_surplus
    and payments.payment_status = 'PAID'
    and cast(payments.paid_at as date) >= books.post_from
