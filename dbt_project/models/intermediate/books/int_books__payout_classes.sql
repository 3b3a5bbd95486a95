-- One row per payout, month and class, in the payout's currency. A line belongs to the month of the day it settles,
-- which is the day before its statement; nothing belongs to a month after the payment's own.
with payments as (
    select * from {{ ref('int_payouts__payments') }}
    where is_known and not is_surplus and payment_status = 'PAID' and paid_at is not null and amount is not null
),

statements as (
    select
        shop_id,
        statement_id,
        payment_id
    from {{ ref('int_settlements__statements') }}
    where payment_id is not null and arithmetic not in ('deleted', 'surplus')
)

select
    payments.shop_id,
    payments.payment_id,
    least(classes.line_month, payments.paid_month) as month,
    classes.line_class,
    cast(sum(classes.amount) as decimal(18, 4)) as shop_amount,
    cast(coalesce({{ converted('sum(classes.amount)', 'any_value(payments.exchange_rate)') }}, 0) as decimal(18, 4))
        as amount,
    cast(coalesce({{ converted('sum(classes.vat_amount)', 'any_value(payments.exchange_rate)') }}, 0) as decimal(18, 4))
        as vat_amount,
    bool_or(classes.is_tax_unknown) as is_tax_unknown,
    max(classes.unclassified_keys) as unclassified_keys
from payments
inner join statements using (shop_id, payment_id)
inner join {{ ref('int_books__statement_classes') }} as classes using (shop_id, statement_id)
group by payments.shop_id, payments.payment_id, month, classes.line_class
