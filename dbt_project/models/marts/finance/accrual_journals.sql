{{ config(contract={'enforced': true}) }}
{%- set parts = {
    'accrued_revenue': 'revenue_amount', 'accrued_shipping': 'shipping_cost_amount', 'accrued_fees': 'fee_tax_amount',
} %}


-- The journal that would book what was earned and not settled at a month end, and the one that takes it back on the
-- next day: proposed, never posted. What the parts of an order do not explain is in the adjustments; the tax that the
-- seller will owe is taken out of the revenue, by the treatment of gross sales at the month's end.
with parts as (
    select
        month,
        month_end,
        shop_id,
        currency,
        {%- for line_class, part in parts.items() %}
            coalesce(sum({{ part }}), 0) as {{ line_class }},
        {%- endfor %}
        sum(accrued_amount) as accrued_settlement,
        sum(accrued_amount) - coalesce(sum(revenue_amount + shipping_cost_amount + fee_tax_amount), 0)
            as accrued_adjustments
    from {{ ref('accruals') }}
    where accrual_status = 'delivered' and accrued_amount is not null
    group by month, month_end, shop_id, currency
),

owed as (
    select
        shop_id,
        valid_from,
        valid_to,
        rate
    from {{ ref('int_settlements__tax_rules') }}
    where line_class = 'gross_sales'
),

taxed as (
    select
        parts.* exclude (accrued_revenue),
        cast(coalesce({{ tax_within('parts.accrued_revenue', 'owed.rate') }}, 0) as decimal(18, 4))
            as accrued_output_vat,
        parts.accrued_revenue - accrued_output_vat as accrued_revenue
    from parts
    left join owed
        on
            parts.shop_id = owed.shop_id
            and cast(parts.month_end - interval 1 day as date) between owed.valid_from and owed.valid_to
),

-- In the sense of the accrual: what is to come is a debit, what it is made of a credit.
amounts as (
    select
        month,
        month_end,
        shop_id,
        currency,
        unnest([
            {'line': 1, 'line_class': 'accrued_settlement', 'amount': accrued_settlement},
            {%- for line_class in (parts | list) + ['accrued_adjustments', 'accrued_output_vat'] %}
                {'line': {{ loop.index + 1 }}, 'line_class': '{{ line_class }}', 'amount': -{{ line_class }}}
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ], recursive := true)
    from taxed
),

journals as (
    select
        *,
        'accrual' as journal,
        cast(month_end - interval 1 day as date) as journal_date
    from amounts
    union all by name
    select
        * replace (-amount as amount),
        'reversal' as journal,
        cast(month_end as date) as journal_date
    from amounts
),

accounts as (
    select * from {{ ref('stg_config__account_map') }}
    where not is_deleted and starts_with(line_class, 'accrued_')
)

select
    journals.month,
    journals.shop_id,
    journals.journal,
    journals.journal_date,
    cast(journals.line as integer) as line,
    journals.line_class,
    accounts.account_number as account,
    ledger.account_name,
    cast(greatest(journals.amount, 0) as decimal(18, 4)) as debit_amount,
    cast(greatest(-journals.amount, 0) as decimal(18, 4)) as credit_amount,
    journals.currency
from journals
left join accounts
    on
        journals.line_class = accounts.line_class
        and accounts.map_shop_id in ('*', journals.shop_id)
        and journals.journal_date between accounts.valid_from and accounts.valid_to
left join {{ ref('int_ledger__accounts') }} as ledger
    on accounts.account_number = ledger.account_number
where journals.amount <> 0
qualify row_number() over (
    partition by journals.month, journals.shop_id, journals.currency, journals.journal, journals.line_class
    order by accounts.map_shop_id = '*', accounts.account_map_id, ledger.account_id
) = 1
