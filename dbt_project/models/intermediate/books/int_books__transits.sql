-- Payouts that go over the account for cash in transit: one is mapped for their shop on the day they were paid.
select distinct
    payments.shop_id,
    payments.payment_id
from {{ ref('int_payouts__payments') }} as payments
inner join {{ ref('stg_config__account_map') }} as map
    on
        map.map_shop_id in (payments.shop_id, '*')
        and map.line_class = 'in_transit'
        and cast(payments.paid_at as date) between map.valid_from and map.valid_to
        and not map.is_deleted
where payments.is_known and not payments.is_surplus and payments.payment_status = 'PAID'
