-- What a paid payout settled of each order that the books ship, and so have a sales order for: in the classes that are
-- put down to orders. Nothing where a shop is paid in another currency than it sells in. One row per payout, month,
-- class and order; months as in the payout's journals.
with payouts as (
    select
        payments.shop_id,
        payments.payment_id,
        payments.paid_month
    from {{ ref('int_payouts__payments') }} as payments
    inner join {{ ref('stg_config__shops') }} as shops
        on
            payments.shop_id = shops.configured_shop_id
            and not shops.is_deleted
            and shops.currency = shops.payout_currency
    where payments.is_known and not payments.is_surplus and payments.payment_status = 'PAID'
),

-- Who ships an order follows from the day that it was paid: what was placed before the books shipped stays without.
documented as (
    select distinct
        sold.shop_id,
        sold.order_id
    from {{ ref('int_fulfilments__sold') }} as sold
    semi join {{ ref('int_systems') }} as systems on sold.system = systems.system and systems.keeps_sales_orders
)

select
    payouts.shop_id,
    payouts.payment_id,
    least(classes.line_month, payouts.paid_month) as month,
    classes.line_class,
    classes.order_id,
    any_value(accounts.account_number) as account_number,
    cast(sum(classes.amount) as decimal(18, 4)) as amount,
    bool_or(classes.is_taxed) as is_taxed
from payouts
inner join {{ ref('int_settlements__statements') }} as statements
    on payouts.shop_id = statements.shop_id and payouts.payment_id = statements.payment_id
inner join {{ ref('int_books__order_classes') }} as classes
    on statements.shop_id = classes.shop_id and statements.statement_id = classes.statement_id
inner join {{ ref('int_books__order_accounts') }} as accounts
    on
        payouts.shop_id = accounts.shop_id
        and payouts.payment_id = accounts.payment_id
        and classes.line_class = accounts.line_class
semi join documented on classes.shop_id = documented.shop_id and classes.order_id = documented.order_id
where statements.arithmetic not in ('deleted', 'surplus')
group by payouts.shop_id, payouts.payment_id, month, classes.line_class, classes.order_id
