-- What a payout should say in a month, and its deposits, less what the books have acknowledged of it: one journal where
-- they differ. A line on receivables names the shop's customer: without one nothing could ever be applied to it.
with receivables as (
    select distinct account_number from {{ ref('int_ledger__accounts') }}
    where account_kind = 'receivables' and not is_inactive
),

payments as (
    select * from {{ ref('int_books__payable_payouts') }}
),

both_sides as (
    select
        shop_id,
        payment_id,
        month,
        subject,
        coalesce(account_number, '') as account_number,
        line_class,
        signed_amount,
        journal_date
    from {{ ref('int_books__journal_lines') }}
    union all
    select
        shop_id,
        payment_id,
        month,
        subject,
        account_number,
        line_class,
        debit_amount - credit_amount as signed_amount,
        journal_date
    from {{ ref('int_books__acknowledged_lines') }}
),

revisions as (
    select
        shop_id,
        payment_id,
        month,
        subject,
        count(distinct journal_id) as revision
    from {{ ref('int_books__acknowledged_lines') }}
    group by shop_id, payment_id, month, subject
),

differences as (
    select
        shop_id,
        payment_id,
        month,
        subject,
        account_number,
        line_class,
        cast(sum(signed_amount) as decimal(18, 4)) as signed_amount,
        max(journal_date) as journal_date
    from both_sides
    group by shop_id, payment_id, month, subject, account_number, line_class
    having sum(signed_amount) <> 0
),

journals as (
    select
        differences.shop_id,
        differences.payment_id,
        differences.month,
        differences.subject,
        coalesce(any_value(revisions.revision), 0) as revision,
        max(differences.journal_date) as journal_date,
        sum(differences.signed_amount) as imbalance,
        cast(sum(greatest(-differences.signed_amount, 0)) as decimal(18, 4)) as amount,
        list(
            json_merge_patch(
                to_json({
                    'account': differences.account_number,
                    'debit': {{ money_text('greatest(-differences.signed_amount, 0)') }},
                    'credit': {{ money_text('greatest(differences.signed_amount, 0)') }},
                    'memo': differences.line_class
                }),
                to_json({'customer': if(receivables.account_number is null, null, payments.customer_reference)})
            )
            order by differences.account_number, differences.line_class
        ) as lines
    from differences
    left join payments using (shop_id, payment_id)
    left join receivables using (account_number)
    left join revisions using (shop_id, payment_id, month, subject)
    group by differences.shop_id, differences.payment_id, differences.month, differences.subject
),

named as (
    select
        journals.*,
        payments.currency,
        payments.netsuite_subsidiary,
        'TTS-' || shop_id || '-' || payment_id || '-' || replace(journals.month, '-', '')
        || if(journals.subject = 'deposit', '-D', '-R') || journals.revision as entity_key
    from journals
    inner join payments using (shop_id, payment_id)
)

select
    entity_key,
    shop_id,
    payment_id,
    month,
    subject,
    revision,
    imbalance,
    amount,
    currency,
    cast(to_json({
        'external_id': entity_key,
        'date': strftime(journal_date, '%Y-%m-%d'),
        'currency': currency,
        'subsidiary': netsuite_subsidiary,
        'memo': {{ journal_memo('entity_key') }},
        'lines': lines
    }) as varchar) as desired
from named
