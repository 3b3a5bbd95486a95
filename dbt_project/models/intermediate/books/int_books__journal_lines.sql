-- What each payout's journals should say, signed: a credit is positive, a debit negative, and every month sums to zero.
-- Months before the payment's own wait on the clearing account; the payment's month clears them against the bank or,
-- where an account for cash in transit is mapped on the day of payment, against that: then each deposit that the bank
-- books for the payout is a journal of its own, from that account to the bank, in the month of the booking.
with payments as (
    select
        payments.*,
        cast(paid_at as date) as paid_date
    from {{ ref('int_payouts__payments') }} as payments
    where is_known and not is_surplus and payment_status = 'PAID' and paid_at is not null and amount is not null
),

classes as (
    select * from {{ ref('int_books__payout_classes') }}
),

by_account as (
    select * from {{ ref('int_books__classes_by_account') }}
),

months as (
    select
        payments.shop_id,
        payments.payment_id,
        classes.month,
        payments.paid_month,
        sum(classes.amount) as amount
    from payments
    inner join classes using (shop_id, payment_id)
    group by all
),

totals as (
    select
        payments.shop_id,
        payments.payment_id,
        payments.paid_month,
        payments.amount as paid_amount,
        coalesce(sum(months.amount), 0) as all_amount,
        coalesce(sum(months.amount) filter (where months.month < months.paid_month), 0) as earlier_amount
    from payments
    left join months using (shop_id, payment_id)
    group by payments.shop_id, payments.payment_id, payments.paid_month, payments.amount
),

taxes as (
    select
        shop_id,
        payment_id,
        month,
        sum(vat_amount) as amount
    from classes
    group by shop_id, payment_id, month
),

to_bank as (
    select
        totals.*,
        if(transits.payment_id is null, 'bank', 'in_transit') as line_class
    from totals
    left join {{ ref('int_books__transits') }} as transits using (shop_id, payment_id)
),

-- The tax that the seller owes on a sale is no income: it leaves its class for an account of its own.
lines as (
    {%- for source, month, line_class, amount, account_number in [
        ('by_account', 'month', 'line_class', 'amount', 'order_account'),
        ('taxes', 'month', "'output_vat'", 'amount', 'null'),
        ('months', 'month', "'clearing'", 'if(month < paid_month, -amount, 0)', 'null'),
        ('totals', 'paid_month', "'clearing'", 'earlier_amount', 'null'),
        ('to_bank', 'paid_month', 'line_class', '-paid_amount', 'null'),
        ('totals', 'paid_month', "'rounding'", 'paid_amount - all_amount', 'null'),
    ] %}
        select
            shop_id,
            payment_id,
            {{ month }} as month,
            'payout' as subject,
            cast(null as date) as booking_date,
            {{ line_class }} as line_class,
            {{ amount }} as signed_amount,
            {{ account_number }} as order_account
        from {{ source }}
        union all
    {%- endfor %}
    select
        shop_id,
        payment_id,
        month,
        subject,
        booking_date,
        line_class,
        signed_amount,
        null as order_account
    from {{ ref('int_books__deposit_lines') }}
),

dated as (
    select
        lines.* exclude (booking_date),
        payments.currency,
        case
            when lines.subject = 'deposit' then lines.booking_date
            when lines.month = payments.paid_month then payments.paid_date
            else last_day(cast(lines.month || '-01' as date))
        end as journal_date
    from lines
    inner join payments using (shop_id, payment_id)
    where lines.signed_amount <> 0
)

-- The shop's own row wins over '*', the newest over an older one. What is not put down to an order goes where it went
-- before its class had the account of orders, or where other shops' goes.
select
    dated.* exclude (order_account),
    coalesce(dated.order_account, map.account_number) as account_number
from dated
left join {{ ref('int_books__order_accounts') }} as of_orders
    on
        dated.shop_id = of_orders.shop_id
        and dated.payment_id = of_orders.payment_id
        and dated.line_class = of_orders.line_class
left join {{ ref('stg_config__account_map') }} as map
    on
        map.map_shop_id in (dated.shop_id, '*')
        and dated.line_class = map.line_class
        and (of_orders.account_number is not null or dated.journal_date between map.valid_from and map.valid_to)
        and not map.is_deleted
qualify row_number() over (
    partition by dated.shop_id, dated.payment_id, dated.month, dated.subject, dated.line_class, dated.order_account
    order by
        map.account_number is not distinct from of_orders.account_number asc,
        dated.journal_date between map.valid_from and map.valid_to desc,
        map.map_shop_id = '*' asc,
        map.valid_from desc,
        map.account_map_id asc
) = 1
