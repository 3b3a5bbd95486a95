-- Every condition that holds now, whatever has been seen of it before. Where a clock runs, the model says the severity.
{%- set with_clocks = [
    'fulfilments', 'order_statuses', 'cancellations', 'dispatch', 'item_names', 'items', 'map_ids', 'return_receipts',
    'return_requests',
] %}

with found as (
    {%- for model in [
        'accruals',
        'bank',
        'books',
        'cancellation_requests',
        'cancellations',
        'clawbacks',
        'clearing',
        'deposits',
        'dispatch',
        'estimates',
        'fees',
        'fulfilments',
        'item_names',
        'items',
        'map_ids',
        'maps',
        'pipeline',
        'order_deposits',
        'order_statuses',
        'orders',
        'overdue',
        'parcels',
        'payouts',
        'portal_returns',
        'quarantine',
        'refunds',
        'reserves',
        'restatements',
        'return_claims',
        'return_documents',
        'return_mirrors',
        'return_orphans',
        'return_parcels',
        'return_receipts',
        'return_refunds',
        'return_requests',
        'sales_orders',
        'settlement_lines',
        'sources',
        'statements',
        'stock',
        'stock_sources',
        'stray_documents',
        'till_returns',
        'unaccounted',
        'unasked',
        'units',
        'unknown_values',
        'unshippable',
        'webhooks',
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
            cause,
            {{ 'severity' if model in with_clocks else 'cast(null as varchar)' }} as severity
        from {{ ref('exc_' ~ model) }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

-- What another exception names, or what waits in quarantine, is accounted for.
named as (
    select
        shop_id,
        entity_id
    from found
    where code <> 'SYS-15'
    union
    select
        shop_id,
        record_id as entity_id
    from {{ ref('int_quarantine__records') }}
)

select
    md5(concat_ws('|', found.code, found.shop_id, found.entity_type, found.entity_id)) as exception_id,
    found.code,
    found.shop_id,
    found.entity_type,
    found.entity_id,
    coalesce(found.severity, catalogue.severity) as severity,
    catalogue.owner,
    -- Of a figure that lost its sign as well.
    cast(abs(coalesce(found.money_at_risk_amount, 0)) as decimal(18, 4)) as money_at_risk_amount,
    coalesce(found.currency, '') as currency,
    found.due_at,
    found.expected,
    found.actual,
    found.evidence,
    found.cause
from found
left join {{ ref('exception_catalogue') }} as catalogue using (code)
left join named on found.shop_id = named.shop_id and found.entity_id = named.entity_id
where found.code <> 'SYS-15' or named.entity_id is null
