{{ config(contract={'enforced': true}) }}


select
    lines.payment_id,
    lines.shop_id,
    lines.journal_id,
    cast(lines.line_number as integer) as line,
    lines.account_number as account,
    accounts.account_name,
    lines.line_class,
    lines.debit_amount,
    lines.credit_amount,
    lines.currency,
    lines.month,
    lines.subject,
    lines.journal_date,
    lines.acknowledged_at as posted_at,
    lines.vendor_id
from {{ ref('int_books__acknowledged_lines') }} as lines
left join {{ ref('int_ledger__accounts') }} as accounts
    on lines.account_number = accounts.account_number
qualify row_number() over (partition by lines.journal_id, lines.line_number order by accounts.account_id) = 1
