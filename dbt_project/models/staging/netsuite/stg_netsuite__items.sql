{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'items')], 'shop_id, item_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'items')) }}
)

select
    shop_id,
    id as item_id,
    payload ->> '$.itemid' as sku,
    payload ->> '$.itemtype' as item_type,
    coalesce(payload ->> '$.itemtype' = 'Kit', false) as is_kit,
    coalesce(payload ->> '$.isinactive' = 'T', false) as is_inactive,
    {{ faults([
        missing_fault('itemid', "(payload ->> '$.itemid')"),
        each_fault_in('payload', text_fault, ['itemid', 'itemtype']),
        flag_fault('isinactive', "(payload ->> '$.isinactive')", words="'T', 'F'"),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
