{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'sales_orders')], 'shop_id, sales_order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

{%- set line_amounts %}
    list_sort(list_transform(
        coalesce(from_json(payload -> '$.lines', '[{"amount": "VARCHAR"}]'), []),
        lambda line: coalesce({{ amount('line.amount') }}, 0)
    ))
{%- endset %}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'sales_orders')) }}
),

{{ kept_versions(source('raw_netsuite', 'sales_orders')) }},

firsts as (
    select
        shop_id,
        id,
        arg_min(nullif(payload ->> '$.entity', ''), observed_at) as entity_id,
        arg_min({{ line_amounts }}, observed_at) as line_amounts
    from kept
    where not is_deleted
    group by shop_id, id
),

committed as (
    {{ unbroken_since("(payload ->> '$.status') not in ('A', 'C', 'H')", 'committed_since') }}
)

select
    versions.shop_id,
    versions.id as sales_order_id,
    nullif(payload ->> '$.externalid', '') as external_id,
    payload ->> '$.tranid' as number,
    nullif(payload ->> '$.otherrefnum', '') as other_reference,
    nullif(payload ->> '$.entity', '') as entity_id,
    firsts.entity_id as first_entity_id,
    payload ->> '$.status' as status,
    committed.committed_since,
    payload ->> '$.currency' as currency,
    {{ amount("(payload ->> '$.foreigntotal')") }} as total_amount,
    {{ line_amounts }} as line_amounts,
    coalesce(firsts.line_amounts, []) as first_line_amounts,
    {{ faults([
        missing_fault('status', "(payload ->> '$.status')"),
        each_fault_in('payload', text_fault, [
            'externalid', 'tranid', 'otherrefnum', 'entity', 'status', 'currency', 'memo',
        ]),
        each_fault_in('payload', amount_fault, ['foreigntotal']),
        given_fault(
            'status', "(payload ->> '$.status')",
            "(payload ->> '$.status') in ('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H')", 'not a status of a sales order'
        ),
        shape_faults('payload', {'lines': 'ARRAY', 'lines[*]': 'OBJECT'}),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join firsts on versions.shop_id = firsts.shop_id and versions.id = firsts.id
left join committed on versions.shop_id = committed.shop_id and versions.id = committed.id
