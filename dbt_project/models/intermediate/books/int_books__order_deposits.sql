-- What a paid payout settled of each order that has a sales order in the books: a deposit for the sales order, into the
-- account that accounts.csv has for order_deposits. The payout's journal credits the same account with the same lines,
-- so that both leave nothing there. One row per payout and order.
with payouts as (
    select
        payable.*,
        cast(payments.paid_at as date) as paid_date
    from {{ ref('int_books__payable_payouts') }} as payable
    inner join {{ ref('int_payouts__payments') }} as payments
        on payable.shop_id = payments.shop_id and payable.payment_id = payments.payment_id
),

settled as (
    select
        shop_id,
        payment_id,
        order_id,
        any_value(account_number) as account_number,
        cast(sum(amount) as decimal(18, 4)) as amount,
        bool_or(is_taxed) as is_taxed
    from {{ ref('int_books__settled_orders') }}
    group by shop_id, payment_id, order_id
    having sum(amount) <> 0
),

documents as (
    select
        shop_id,
        order_id,
        min(document_id) as sales_order_id,
        count(*) as sales_orders
    from {{ ref('int_orders__sales_orders') }}
    where not is_closed
    group by shop_id, order_id
),

named as (
    select
        settled.*,
        payouts.paid_date,
        payouts.currency,
        payouts.customer_reference,
        {{ joined_key(["'tieout-deposit'", 'settled.shop_id', 'settled.payment_id', 'settled.order_id'], between='-') }}
            as external_id
    from settled
    inner join payouts on settled.shop_id = payouts.shop_id and settled.payment_id = payouts.payment_id
)

select
    named.shop_id,
    named.payment_id,
    named.order_id,
    named.external_id,
    named.amount,
    named.currency,
    named.paid_date,
    documents.sales_order_id,
    cast(to_json({
        'account': named.account_number,
        'amount': {{ money_text('named.amount') }},
        'currency': named.currency,
        'customer': named.customer_reference,
        'day': strftime(named.paid_date, '%Y-%m-%d'),
        'external_id': named.external_id,
        'memo': 'TikTok Shop payout ' || named.payment_id || ', order ' || named.order_id,
        'order_id': named.order_id,
        'payment_id': named.payment_id,
        'sales_order': documents.sales_order_id
    }) as varchar) as desired,
    case
        when coalesce(named.customer_reference, '') = ''
            then 'MAP-06: the shop has no customer; name it in [[tiktok_shop.shops]]'
        when coalesce(accounts.account_kind, '') <> 'balance_sheet'
            then
                'MAP-06: account ' || named.account_number
                || ' of order_deposits is not of the balance sheet, or is receivables; correct accounts.csv'
        when named.is_taxed
            then 'MAP-06: the journal takes tax out of the sale; let taxes.csv leave it to the sales order'
        when named.amount < 0 then 'FIN-06: more was taken back than was settled; book it by hand'
        when coalesce(documents.sales_orders, 0) = 0 then 'ERP-06: the order has no sales order'
        when documents.sales_orders > 1 then 'ORD-05: the order has ' || documents.sales_orders || ' sales orders'
        when periods.is_closed
            then 'ERP-04: period ' || periods.period_name || ' is closed; reopen it, or book by hand'
    end as blocked_reason
from named
left join documents on named.shop_id = documents.shop_id and named.order_id = documents.order_id
left join {{ ref('int_ledger__accounts') }} as accounts
    on named.account_number = accounts.account_number and not accounts.is_inactive
left join {{ ref('int_ledger__periods') }} as periods
    on
        named.paid_date between periods.start_date and periods.end_date
        and periods.is_month
        and not periods.is_deleted
