-- Journals still to be written: what each payout's month should say, less what NetSuite has acknowledged of it.
with books as (
    select coalesce(max(post_from), date '1970-01-01') as post_from from {{ ref('stg_config__books') }}
    where not is_deleted
),

payments as (
    select
        payments.*,
        shops.netsuite_subsidiary
    from {{ ref('int_payouts__payments') }} as payments
    inner join {{ ref('stg_config__shops') }} as shops
        on payments.shop_id = shops.configured_shop_id and not shops.is_deleted
    cross join books
    where
        payments.is_known
        and not payments.is_surplus
        and payments.payment_status = 'PAID'
        and cast(payments.paid_at as date) >= books.post_from
),

both_sides as (
    select
        shop_id,
        payment_id,
        month,
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
        count(distinct journal_id) as revision
    from {{ ref('int_books__acknowledged_lines') }}
    group by shop_id, payment_id, month
),

differences as (
    select
        shop_id,
        payment_id,
        month,
        account_number,
        line_class,
        cast(sum(signed_amount) as decimal(18, 4)) as signed_amount,
        max(journal_date) as journal_date
    from both_sides
    group by shop_id, payment_id, month, account_number, line_class
    having sum(signed_amount) <> 0
),

journals as (
    select
        differences.shop_id,
        differences.payment_id,
        differences.month,
        coalesce(any_value(revisions.revision), 0) as revision,
        max(differences.journal_date) as journal_date,
        sum(differences.signed_amount) as imbalance,
        cast(sum(greatest(-differences.signed_amount, 0)) as decimal(18, 4)) as amount,
        list(
            {
                'account': differences.account_number,
                'debit': {{ money_text('greatest(-differences.signed_amount, 0)') }},
                'credit': {{ money_text('greatest(differences.signed_amount, 0)') }},
                'memo': differences.line_class
            }
            order by differences.account_number, differences.line_class
        ) as lines
    from differences
    left join revisions using (shop_id, payment_id, month)
    group by differences.shop_id, differences.payment_id, differences.month
),

named as (
    select
        journals.*,
        payments.currency,
        payments.netsuite_subsidiary,
        'TTS-' || shop_id || '-' || payment_id || '-' || replace(journals.month, '-', '')
        || '-R' || journals.revision as entity_key
    from journals
    inner join payments using (shop_id, payment_id)
),

written as (
    select
        *,
        cast(to_json({
            'external_id': entity_key,
            'date': strftime(journal_date, '%Y-%m-%d'),
            'currency': currency,
            'subsidiary': netsuite_subsidiary,
            'memo': entity_key || ' TikTok Shop payout',
            'lines': lines
        }) as varchar) as desired
    from named
)

select
    written.entity_key,
    written.shop_id,
    written.payment_id,
    written.month,
    written.revision,
    written.entity_key as external_id,
    written.desired,
    md5(written.desired) as desired_hash,
    written.amount,
    written.currency,
    written.revision > 0 as needs_approval,
    'it corrects what was posted' as approval_reason,
    case
        when written.imbalance <> 0 then 'ERP-02: unbalanced by ' || written.imbalance || ' ' || written.currency
        else blocks.blocked_reason
    end as blocked_reason
from written
left join {{ ref('int_books__blocks') }} as blocks using (shop_id, payment_id)
