{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_linnworks', 'stock_levels')], 'shop_id, stock_level_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_linnworks', 'stock_levels')) }}
)

select
    shop_id,
    id as stock_level_id,
    parent_id as location_id,
    payload ->> '$.ItemNumber' as sku,
    {{ units("payload ->> '$.Quantity'") }} as on_hand_quantity,
    {{ units("payload ->> '$.Available'") }} as available_quantity,
    {{ units("payload ->> '$.InOrder'") }} as in_order_quantity,
    coalesce(payload ->> '$.IsCompositeParent' = 'true', false) as is_composite,
    coalesce(payload ->> '$.MinimumLevel' <> '-1', true) as is_tracked,
    {{ faults([
        missing_fault('location_id', 'parent_id'), missing_fault('ItemNumber', "(payload ->> '$.ItemNumber')"),
        each_fault_in('payload', text_fault, ['ItemNumber']),
        each_fault_in('payload', units_fault, ['Quantity', 'Available', 'InOrder', 'MinimumLevel']),
        each_fault_in('payload', flag_fault, ['IsCompositeParent']),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
