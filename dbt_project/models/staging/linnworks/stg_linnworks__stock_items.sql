{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_linnworks', 'stock_items')], 'shop_id, item_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_linnworks', 'stock_items')) }}
)

select
    shop_id,
    id as item_id,
    payload ->> '$.ItemNumber' as sku,
    payload ->> '$.ItemTitle' as title,
    coalesce(payload ->> '$.IsCompositeParent' = 'true', false) as is_composite,
    {{ faults([
        each_fault_in('payload', text_fault, ['ItemNumber', 'ItemTitle']),
        each_fault_in('payload', flag_fault, ['IsCompositeParent']),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
