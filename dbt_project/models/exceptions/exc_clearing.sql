-- What lies on the clearing accounts and is no payout's: entries of others, each by itself, and what nothing explains.
with others as (
    select * from {{ ref('int_books__clearing_entries') }}
    where kind = 'other'
),

-- One that NetSuite reversed, and its reversal, leave nothing between them.
pairs as (
    select entries.journal_id
    from others as entries
    inner join others as partners
        on
            (entries.reversal_id = partners.journal_id or entries.journal_id = partners.reversal_id)
            and entries.account_number = partners.account_number
            and entries.currency = partners.currency
            and entries.amount = -partners.amount
)

select
    'ERP-09' as code,
    '' as shop_id,
    'journal' as entity_type,
    journal_id as entity_id,
    cast(sum(abs(amount)) as decimal(18, 4)) as money_at_risk_amount,
    any_value(currency) as currency,
    cast(null as timestamptz) as due_at,
    'payout journals alone on ' || string_agg(distinct account_number, ', ' order by account_number) as expected,
    concat_ws(
        ' ',
        any_value(transaction_type),
        any_value(journal_number),
        'of ' || any_value(journal_date) || ':',
        string_agg(
            abs(amount) || ' ' || currency || if(amount > 0, ' debit', ' credit') || ' on ' || account_number, ', '
            order by account_number
        ),
        'entered by user ' || any_value(created_by)
    ) as actual,
    to_json({'type': any_value(transaction_type), 'dated': any_value(journal_date), 'amount': sum(amount)}) as evidence,
    'entry of others' as cause
from others
where journal_id not in (select journal_id from pairs)
group by journal_id
union all
select
    'ERP-09' as code,
    '' as shop_id,
    'account' as entity_type,
    account_number || '/' || currency as entity_id,
    abs(unexplained_amount) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    left_amount || ' posted by tieout, ' || others_amount || ' by others' as expected,
    right_amount || ' in NetSuite' as actual,
    to_json({'told': told_amount, 'unexplained': unexplained_amount}) as evidence,
    'clearing not explained' as cause
from {{ ref('rec_accounts__clearing_vs_journals') }}
where unexplained_amount <> 0
