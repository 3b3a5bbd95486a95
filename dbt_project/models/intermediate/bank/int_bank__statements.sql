-- Statements with their pages put together: what the bank says of the balances, and what its entries come to.
with entries as (
    select
        statement_id,
        sum(amount) filter (where is_booked) as booked_amount,
        count(*) filter (where len(faults) > 0) as unread_count
    from {{ ref('stg_bank__entries') }}
    where not is_deleted
    group by statement_id
),

statements as (
    select
        pages.document_id,
        min_by(pages.bank_statement_id, pages.page) as bank_statement_id,
        any_value(pages.account_id) as account_id,
        any_value(pages.currency) as currency,
        any_value(pages.sequence_number) as sequence_number,
        any_value(pages.starts_at) as starts_at,
        any_value(pages.ends_at) as ends_at,
        list(pages.page order by pages.page) as pages,
        min(pages.page) = 0
        or (bool_or(pages.is_last_page) and min(pages.page) = 1 and max(pages.page) = count(distinct pages.page))
            as is_complete,
        min_by(pages.opening_amount, pages.page) filter (where pages.opening_amount is not null) as opening_amount,
        max_by(pages.closing_amount, pages.page) filter (where pages.closing_amount is not null) as closing_amount,
        cast(coalesce(sum(entries.booked_amount), 0) as decimal(18, 4)) as booked_amount,
        cast(sum(pages.unread_count) + coalesce(sum(entries.unread_count), 0) as bigint) as unread_count,
        bool_or(coalesce(pages.has_balances_by_standard, false)) as has_balances_by_standard,
        max(pages.observed_at) as observed_at
    from {{ ref('int_bank__statement_pages') }} as pages
    left join entries on pages.bank_statement_id = entries.statement_id
    group by pages.document_id
)

select
    *,
    -- Null: a balance is missing, or not everything of the statement could be read.
    case
        when is_complete and unread_count = 0 then opening_amount + booked_amount = closing_amount
    end as adds_up
from statements
