-- One row per record that is held out of every figure.
with held as (
    select
        *,
        concat_ws(
            ': ', nullif(field || if(field_value = '', '', ' ' || '''' || left(field_value, 40) || ''''), ''), reason
        ) as reported
    from {{ ref('int_quarantine__records') }}
),

-- A statement and its summary repeat each other's figures: what is wrong in both is reported for the statement.
reported_before as (
    select
        shop_id,
        record_id,
        'statement_summaries' as entity
    from held
    where entity = 'statements'
)

select
    'SYS-03' as code,
    shop_id,
    'quarantine' as entity_type,
    {{ joined_key(['system', 'entity', 'record_id']) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    'fields as documented' as expected,
    string_agg(distinct reported, '; ' order by reported) as actual,
    to_json({
        'parent_id': any_value(parent_id),
        'fields': list(distinct field order by field),
        'remedy': list(distinct remedy order by remedy)
    }) as evidence,
    'record cannot be read' as cause
from held
anti join reported_before using (shop_id, record_id, entity)
group by system, entity, shop_id, record_id
