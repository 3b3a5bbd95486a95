-- Journals found in the books under our keys, of payouts to be booked: what to acknowledge, and how they differ.
with found as (
    select
        unconfirmed.*,
        payouts.currency as payout_currency,
        payouts.netsuite_subsidiary
    from {{ ref('int_books__unconfirmed_journals') }} as unconfirmed
    inner join {{ ref('int_books__payable_payouts') }} as payouts using (shop_id, payment_id)
),

lines as (
    select
        found.entity_key,
        found.shop_id,
        found.payment_id,
        found.month,
        found.subject,
        held.account_number,
        held.memo as line_class,
        cast(sum(held.debit_amount) as decimal(18, 4)) as debit_amount,
        cast(sum(held.credit_amount) as decimal(18, 4)) as credit_amount
    from found
    inner join {{ ref('int_ledger__lines') }} as held on found.journal_id = held.journal_id
    where held.debit_amount <> 0 or held.credit_amount <> 0
    group by all
),

written as (
    select
        entity_key,
        list(
            {
                'account': account_number,
                'debit': {{ money_text('debit_amount') }},
                'credit': {{ money_text('credit_amount') }},
                'memo': line_class
            }
            order by account_number, line_class
        ) as lines
    from lines
    group by entity_key
),

-- Desired, less what is acknowledged, less what was found.
both_sides as (
    {%- for side, amount in [
        (ref('int_books__journal_lines'), 'signed_amount'),
        (ref('int_books__acknowledged_lines'), 'debit_amount - credit_amount'),
        ('lines', 'debit_amount - credit_amount'),
    ] %}
        select
            shop_id,
            payment_id,
            month,
            subject,
            account_number,
            line_class,
            {{ amount }} as signed_amount
        from {{ side }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

sums as (
    select
        shop_id,
        payment_id,
        month,
        subject,
        sum(signed_amount) as amount
    from both_sides
    group by shop_id, payment_id, month, subject, coalesce(account_number, ''), line_class
),

different as (
    select distinct
        shop_id,
        payment_id,
        month,
        subject
    from sums
    where amount <> 0
),

dates as (
    select
        shop_id,
        payment_id,
        month,
        subject,
        max(journal_date) as journal_date
    from {{ ref('int_books__journal_lines') }}
    group by shop_id, payment_id, month, subject
)

select
    found.entity_key,
    found.shop_id,
    found.payment_id,
    found.month,
    found.subject,
    found.revision,
    found.journal_id,
    found.debit_amount as amount,
    coalesce(nullif(found.currency, ''), found.payout_currency) as currency,
    cast(to_json({
        'external_id': found.entity_key,
        'date': strftime(found.journal_date, '%Y-%m-%d'),
        'currency': coalesce(nullif(found.currency, ''), found.payout_currency),
        'subsidiary': found.netsuite_subsidiary,
        'memo': found.memo,
        'lines': coalesce(written.lines, [])
    }) as varchar) as desired,
    case
        when found.not_counted_because is not null
            then
                'ERP-11: journal ' || found.journal_id || ' has this key and does not count: '
                || found.not_counted_because
        when not found.has_its_key
            then
                'ERP-07: journal ' || found.journal_id || ' has this key in its memo, not as external id; give it back'
    end as blocked_reason,
    concat_ws(
        ', ',
        if(different.payment_id is not null, 'lines', null),
        if(found.journal_date is distinct from dates.journal_date, 'date', null),
        if(nullif(found.currency, '') is distinct from found.payout_currency, 'currency', null),
        if(
            regexp_full_match(coalesce(found.netsuite_subsidiary, ''), '[0-9]+')
            and found.subsidiary_id is distinct from found.netsuite_subsidiary,
            'subsidiary',
            null
        ),
        if(trim(found.memo) <> {{ journal_memo('found.entity_key') }}, 'memo', null)
    ) as differences
from found
left join written using (entity_key)
left join different using (shop_id, payment_id, month, subject)
left join dates using (shop_id, payment_id, month, subject)
