-- Bank entries that were delivered twice, statements that do not add up or do not follow each other, and deposits that
-- moved to another month after their journal. Entries and statements are of their account's shop, when it has only one.
with accounts as (
    select
        bank_account_id as account_id,
        if(count(*) = 1, any_value(configured_shop_id), '') as shop_id
    from {{ ref('stg_config__shops') }}
    where not is_deleted
    group by bank_account_id
),

statements as (
    select
        *,
        case reason
            when 'pages missing' then 'all pages of the statement'
            when 'no balance' then 'an opening and a closing balance'
            when 'another currency' then 'entries in ' || currency
            when 'booked on another day'
                then
                    'entries of ' || strftime(starts_at, '%Y-%m-%d') || ' to ' || strftime(ends_at, '%Y-%m-%d')
            when 'does not add up' then 'opening ' || opening_amount || ' and entries ' || booked_amount || ' = closing'
            else
                coalesce('opening ' || previous_amount, 'the next number')
                || ', as after ' || previous_id
        end as expected,
        case reason
            when 'pages missing' then 'pages ' || array_to_string(pages, ', ')
            when
                'no balance'
                then if(opening_amount is null, 'no opening balance', 'no closing balance')
            when 'booked on another day' then array_to_string(strange_entry_ids[1:3], ', ') || ' outside them'
            when 'another currency' then len(strange_entry_ids) || ' in another one'
            when 'does not add up' then 'closing ' || left_amount
            else 'opening ' || opening_amount || ' on ' || strftime(starts_at, '%Y-%m-%d')
        end as actual
    from {{ ref('rec_bank__statements_vs_entries') }}
    where status in ('mismatched', 'missing_right')
)

select
    'FIN-19' as code,
    coalesce(accounts.shop_id, '') as shop_id,
    'bank_entry' as entity_type,
    deposits.bank_entry_id as entity_id,
    abs(deposits.amount) as money_at_risk_amount,
    deposits.currency,
    cast(null as timestamptz) as due_at,
    'one entry' as expected,
    'the same entry twice' as actual,
    to_json({'account_id': deposits.account_id, 'booking_date': deposits.booking_date}) as evidence,
    'duplicate' as cause
from {{ ref('int_bank__deposits') }} as deposits
left join accounts using (account_id)
where deposits.is_copy and not deposits.is_delivered_again
union all by name
select
    'FIN-22' as code,
    coalesce(accounts.shop_id, '') as shop_id,
    'bank_statement' as entity_type,
    statements.bank_statement_id as entity_id,
    abs(coalesce(statements.difference_amount, 0)) as money_at_risk_amount,
    statements.currency,
    cast(null as timestamptz) as due_at,
    statements.expected,
    statements.actual,
    to_json({
        'account_id': statements.account_id,
        'previous_statement': statements.previous_id,
        'bank_entry_ids': statements.strange_entry_ids[1:20]
    }) as evidence,
    statements.reason as cause
from statements
left join accounts using (account_id)
union all by name
select
    'FIN-22' as code,
    shop_id,
    'payment' as entity_type,
    payment_id as entity_id,
    max(amount) as money_at_risk_amount,
    any_value(currency) as currency,
    cast(null as timestamptz) as due_at,
    'booked in ' || max(month) filter (where revision > 0) || ', as its journal says' as expected,
    'booked in ' || max(month) filter (where revision = 0) as actual,
    to_json({'journals': list(entity_key order by entity_key)}) as evidence,
    'booked in another month' as cause
from {{ ref('int_books__due_journals') }}
where subject = 'deposit'
group by shop_id, payment_id
having max(amount) filter (where revision > 0) = max(amount) filter (where revision = 0)
