-- What lies in the books and is no payout's: on the clearing accounts entries of others, each by itself, and what
-- nothing explains; and journals under a key of ours of which TikTok Shop has no paid payout, as far as it was read.
with others as (
    select * from {{ ref('int_books__clearing_entries') }}
    where kind = 'other'
),

-- One that was reversed in the books, and its reversal, leave nothing between them.
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
anti join pairs on others.journal_id = pairs.journal_id
group by journal_id
union all
select
    'ERP-09' as code,
    '' as shop_id,
    'account' as entity_type,
    {{ joined_key(['account_number', 'currency']) }} as entity_id,
    abs(unexplained_amount) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    left_amount || ' posted by tieout, ' || others_amount || ' by others' as expected,
    right_amount || ' in {{ name_of('ledger_lines') }}' as actual,
    to_json({'explained': explained_amount, 'unexplained': unexplained_amount}) as evidence,
    'clearing not explained' as cause
from {{ ref('rec_accounts__clearing_vs_journals') }}
where unexplained_amount <> 0
union all
select
    'ERP-09' as code,
    keyed.shop_id,
    'journal' as entity_type,
    keyed.entity_key as entity_id,
    keyed.debit_amount as money_at_risk_amount,
    keyed.currency,
    cast(null as timestamptz) as due_at,
    'a paid payout ' || keyed.payment_id as expected,
    'journal ' || keyed.journal_id || ' has its key, and tieout has not written it' as actual,
    to_json({'vendor_id': keyed.journal_id, 'dated': keyed.journal_date}) as evidence,
    'key without a payout' as cause
from {{ ref('int_books__unconfirmed_journals') }} as keyed
inner join {{ ref('stg_config__shops') }} as shops on keyed.shop_id = shops.configured_shop_id and not shops.is_deleted
left join {{ ref('int_payouts__payments') }} as payments
    on
        keyed.shop_id = payments.shop_id
        and keyed.payment_id = payments.payment_id
        and payments.is_known
        and payments.payment_status = 'PAID'
where
    payments.payment_id is null
    and keyed.not_counted_because is null
    and exists (
        select 1 from {{ ref('int_coverage__windows') }} as windows
        where
            windows.system = 'tiktok_shop'
            and windows.entity = 'payments'
            and keyed.shop_id = windows.shop_id
            and keyed.journal_date + interval 1 day between windows.window_from and windows.window_to
    )
