{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'item_fulfilments')], 'shop_id, fulfilment_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'item_fulfilments')) }}
),

{{ kept_versions(source('raw_netsuite', 'item_fulfilments')) }},

shipped as (
    {{ unbroken_since("(payload ->> '$.status') = 'C'", 'shipped_observed_at') }}
)

select
    versions.shop_id,
    versions.id as fulfilment_id,
    parent_id as sales_order_id,
    payload ->> '$.tranid' as number,
    case payload ->> '$.status' when 'A' then 'picked' when 'B' then 'packed' when 'C' then 'shipped' end as status,
    {{ day("(payload ->> '$.trandate')") }} as shipped_on,
    shipped.shipped_observed_at,
    coalesce(payload ->> '$.shipmethod', '') as carrier,
    from_json(payload -> '$.packages', '[{"tracking": "VARCHAR"}]') as packages,
    from_json(payload -> '$.lines', '[{"item": "VARCHAR", "quantity": "VARCHAR", "kit": "VARCHAR"}]') as lines,
    {{ faults([
        each_fault_in('payload', text_fault, ['tranid', 'status', 'shipmethod']),
        each_fault_in('payload', day_fault, ['trandate']),
        missing_fault('status', "(payload ->> '$.status')"),
        given_fault(
            'status', "(payload ->> '$.status')", "(payload ->> '$.status') in ('A', 'B', 'C')",
            'not a status of a fulfilment'
        ),
        shape_faults('payload', {
            'packages': 'ARRAY', 'packages[*]': 'OBJECT', 'lines': 'ARRAY', 'lines[*]': 'OBJECT',
        }),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
left join shipped on versions.shop_id = shipped.shop_id and versions.id = shipped.id
