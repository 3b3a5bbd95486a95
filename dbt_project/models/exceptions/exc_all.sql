-- Every condition that holds now, whatever has been seen of it before.
with found as (
    {%- for model in [
        'settlement_lines', 'statements', 'reserves', 'restatements', 'orders', 'payouts', 'bank', 'books', 'maps',
        'quarantine', 'clawbacks', 'operations', 'overdue', 'accruals',
    ] %}
        select
            code,
            shop_id,
            entity_type,
            entity_id,
            money_at_risk_amount,
            currency,
            due_at,
            expected,
            actual,
            cast(evidence as varchar) as evidence,
            cause
        from {{ ref('exc_' ~ model) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
)

select
    md5(concat_ws('|', found.code, found.shop_id, found.entity_type, found.entity_id)) as exception_id,
    found.code,
    found.shop_id,
    found.entity_type,
    found.entity_id,
    catalogue.severity,
    catalogue.owner,
    cast(coalesce(found.money_at_risk_amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    coalesce(found.currency, '') as currency,
    found.due_at,
    found.expected,
    found.actual,
    found.evidence,
    found.cause
from found
left join {{ ref('exception_catalogue') }} as catalogue using (code)
