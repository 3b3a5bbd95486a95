-- What the books have acknowledged, line by line, each journal as it was acknowledged last.
with lines as (
    select
        *,
        {{ journal_key('external_id') }} as key,
        unnest(lines) as line,
        unnest(range(1, len(lines) + 1)) as line_number
    from {{ ref('int_books__asked_journals') }}
)

select
    external_id as journal_id,
    shop_id,
    key.payment as payment_id,
    left(key.month, 4) || '-' || right(key.month, 2) as month,
    {{ journal_subject('key') }} as subject,
    try_cast(key.revision as integer) as revision,
    journal_date,
    currency,
    line_number,
    line.account as account_number,
    line.memo as line_class,
    try_cast(line.debit as decimal(18, 4)) as debit_amount,
    try_cast(line.credit as decimal(18, 4)) as credit_amount,
    vendor_id,
    acknowledged_at
from lines
