-- Money whose class, account or tax is not configured, one row per missing row of a map.
with unclassified as (
    select
        'FIN-07' as code,
        lines.shop_id,
        'fee_key' as entity_type,
        lines.fee_key as entity_id,
        cast(sum(abs(lines.amount)) as decimal(18, 4)) as money_at_risk_amount,
        any_value(lines.currency) as currency,
        'a row in fees.csv' as expected,
        count(*) || if(count(*) = 1, ' line', ' lines') || ' without a class' as actual,
        to_json({'statement_ids': list(distinct lines.statement_id order by lines.statement_id)[1:20]}) as evidence,
        'fee key not in the map' as cause
    from {{ ref('int_settlements__lines') }} as lines
    inner join {{ ref('int_settlements__statements') }} as statements using (shop_id, statement_id)
    where
        lines.line_class = 'unclassified'
        -- Without a day no row of a map can hold; the statement is in quarantine for that.
        and lines.statement_at is not null
        and statements.arithmetic not in ('deleted', 'surplus')
        -- What a broken line leaves over is no missing row of a map.
        and not (statements.arithmetic = 'line_broken' and ends_with(lines.fee_key, '.unitemised'))
    group by lines.shop_id, lines.fee_key
),

accounts as (
    select account_number from {{ ref('int_ledger__accounts') }}
    where not is_inactive
),

unmapped as (
    select
        'MAP-06' as code,
        lines.shop_id,
        'account_map' as entity_type,
        lines.line_class as entity_id,
        cast(sum(abs(lines.signed_amount)) as decimal(18, 4)) as money_at_risk_amount,
        any_value(payments.currency) as currency,
        'an active {{ name_of('ledger_accounts') }} account in accounts.csv' as expected,
        coalesce(
            '{{ name_of('ledger_accounts') }} has no active account ' || any_value(lines.account_number),
            'no account for ' || lines.line_class
        ) as actual,
        to_json({'payment_ids': list(distinct lines.payment_id order by lines.payment_id)[1:20]}) as evidence,
        'account map' as cause
    from {{ ref('int_books__journal_lines') }} as lines
    left join {{ ref('int_payouts__payments') }} as payments using (shop_id, payment_id)
    left join accounts on lines.account_number = accounts.account_number
    where lines.line_class <> 'unclassified' and accounts.account_number is null
    group by lines.shop_id, lines.line_class
),

untaxed as (
    select
        'MAP-06' as code,
        classes.shop_id,
        'tax_map' as entity_type,
        classes.line_class as entity_id,
        cast(sum(abs(classes.amount)) as decimal(18, 4)) as money_at_risk_amount,
        any_value(payments.currency) as currency,
        'who owes its tax, in taxes.csv' as expected,
        'no row for ' || classes.line_class as actual,
        to_json({'payment_ids': list(distinct classes.payment_id order by classes.payment_id)[1:20]}) as evidence,
        'tax map' as cause
    from {{ ref('int_books__payout_classes') }} as classes
    left join {{ ref('int_payouts__payments') }} as payments using (shop_id, payment_id)
    where classes.is_tax_unknown
    group by classes.shop_id, classes.line_class
)

{% for part in ['unclassified', 'unmapped', 'untaxed'] -%}
    select
        *,
        cast(null as timestamptz) as due_at
    from {{ part }}
    {% if not loop.last %}union all {% endif %}
{%- endfor %}
