-- One row per record that is held out of every figure.
select
    'SYS-03' as code, shop_id, 'quarantine' as entity_type, system || '/' || entity || '/' || record_id as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount, '' as currency, cast(null as timestamptz) as due_at,
    'fields as documented' as expected,
    string_agg(distinct field || ': ' || reason, '; ' order by field || ': ' || reason) as actual,
    to_json({'parent_id': any_value(parent_id), 'fields': list(distinct field order by field)}) as evidence,
    'record cannot be read' as cause
from {{ ref('quarantine') }}
group by system, entity, shop_id, record_id
