-- Why a payout's journals may not be written yet: the first reason that holds, or null. Each names what to correct.
with payments as (
    select * from {{ ref('int_payouts__payments') }}
    where is_known and not is_surplus
),

unclassified as (
    select
        shop_id,
        payment_id,
        max(unclassified_keys) as fee_keys
    from {{ ref('int_books__payout_classes') }}
    where line_class = 'unclassified'
    group by shop_id, payment_id
),

untaxed as (
    select
        shop_id,
        payment_id,
        string_agg(distinct line_class, ', ' order by line_class) as line_classes
    from {{ ref('int_books__payout_classes') }}
    where is_tax_unknown
    group by shop_id, payment_id
),

unmapped as (
    select
        shop_id,
        payment_id,
        string_agg(distinct line_class, ', ' order by line_class) as line_classes
    from {{ ref('int_books__journal_lines') }}
    where account_number is null and line_class <> 'unclassified'
    group by shop_id, payment_id
),

-- What the books hold of a payout's lines, in its currency.
posted as (
    select
        shop_id,
        payment_id,
        sum(credit_amount - debit_amount) as amount
    from {{ ref('int_books__acknowledged_lines') }}
    where line_class not in ('bank', 'in_transit', 'clearing')
    group by shop_id, payment_id
),

inactive as (
    select
        lines.shop_id,
        lines.payment_id,
        string_agg(distinct lines.account_number, ', ' order by lines.account_number) as account_numbers
    from {{ ref('int_books__journal_lines') }} as lines
    left join {{ ref('int_ledger__accounts') }} as accounts
        on lines.account_number = accounts.account_number and not accounts.is_inactive
    where lines.account_number is not null and accounts.account_number is null
    group by lines.shop_id, lines.payment_id
),

nobodys as (
    select
        lines.shop_id,
        lines.payment_id,
        string_agg(distinct lines.account_number, ', ' order by lines.account_number) as account_numbers
    from {{ ref('int_books__journal_lines') }} as lines
    inner join {{ ref('int_ledger__accounts') }} as accounts
        on lines.account_number = accounts.account_number and accounts.account_kind = 'receivables'
    inner join {{ ref('stg_config__shops') }} as shops
        on lines.shop_id = shops.configured_shop_id and not shops.is_deleted
    where coalesce(shops.customer_reference, '') = ''
    group by lines.shop_id, lines.payment_id
)

select
    payments.shop_id,
    payments.payment_id,
    case
        when payments.is_quarantined or payments.quarantined_statement_count > 0
            then 'SYS-03: a record of this payout is in quarantine; see audit.quarantine'
        when payments.broken_statement_count > 0
            then 'FIN-03: a statement of this payout does not add up; see exceptions.open'
        when
            payments.deleted_statement_count = 0
            and payments.lines_amount <> payments.amount_before_exchange
            and abs(posted.amount - payments.computed_from_lines_amount) > 0.01
            then
                'FIN-17: a statement was restated after it was posted; its lines say '
                || payments.lines_amount || ' ' || payments.currency_before_exchange
                || ', the payout still ' || payments.amount_before_exchange
        when payments.deleted_statement_count > 0 or payments.lines_amount <> payments.amount_before_exchange
            then
                'FIN-04: the payout says '
                || payments.amount_before_exchange || ' ' || payments.currency_before_exchange
                || ', its lines ' || payments.lines_amount
        when payments.computed_amount is null or abs(payments.amount - payments.computed_amount) > 0.01
            then
                'FIN-14: the payout says '
                || payments.amount || ' ' || payments.currency
                || ', its amount before exchange and rate '
                || coalesce(cast(payments.computed_amount as varchar), 'beyond any amount')
        when unclassified.fee_keys is not null
            then 'FIN-07: no class for ' || unclassified.fee_keys || '; add a row to fees.csv'
        when untaxed.line_classes is not null
            then 'MAP-06: taxes.csv has no row for ' || untaxed.line_classes || '; add one'
        when unmapped.line_classes is not null
            then 'MAP-06: no account for ' || unmapped.line_classes || '; add a row to accounts.csv'
        when inactive.account_numbers is not null
            then
                'MAP-06: {{ name_of('ledger_accounts') }} has no active account ' || inactive.account_numbers
                || '; correct netsuite_account in accounts.csv'
        when nobodys.account_numbers is not null
            then
                'MAP-06: account ' || nobodys.account_numbers
                || ' is receivables, and the shop has no customer; name it in [[tiktok_shop.shops]]'
    end as blocked_reason
from payments
left join unclassified using (shop_id, payment_id)
left join untaxed using (shop_id, payment_id)
left join unmapped using (shop_id, payment_id)
left join inactive using (shop_id, payment_id)
left join nobodys using (shop_id, payment_id)
left join posted using (shop_id, payment_id)
