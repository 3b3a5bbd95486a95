-- Which statement a page belongs to; a statement without pages is its own. Deleted ones are left out.
select
    bank_statement_id,
    account_id,
    currency,
    statement_number,
    sequence_number,
    page,
    is_last_page,
    has_balances_by_standard,
    starts_at,
    ends_at,
    opening_amount,
    closing_amount,
    unread_count,
    observed_at,
    if(
        page = 0,
        bank_statement_id,
        md5(concat_ws('|', account_id, currency, statement_number, sequence_number, starts_at, ends_at))
    ) as document_id
from {{ ref('stg_bank__statements') }}
where not is_deleted
