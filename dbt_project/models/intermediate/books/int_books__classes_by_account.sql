-- What a payout's journals say of each class and month, without the tax that leaves it: what is put down to orders, on
-- the account that their deposits go to, and the rest, whose account follows from accounts.csv. One row for each.
with ordered as (
    select
        shop_id,
        payment_id,
        month,
        line_class,
        any_value(account_number) as order_account,
        cast(sum(amount) as decimal(18, 4)) as amount
    from {{ ref('int_books__settled_orders') }}
    group by shop_id, payment_id, month, line_class
)

select
    classes.shop_id,
    classes.payment_id,
    classes.month,
    classes.line_class,
    cast(null as varchar) as order_account,
    cast(classes.amount - classes.vat_amount - coalesce(ordered.amount, 0) as decimal(18, 4)) as amount
from {{ ref('int_books__payout_classes') }} as classes
left join ordered using (shop_id, payment_id, month, line_class)
union all
select
    shop_id,
    payment_id,
    month,
    line_class,
    order_account,
    amount
from ordered
