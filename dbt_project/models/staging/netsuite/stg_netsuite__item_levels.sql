{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_netsuite', 'item_levels')], 'shop_id, item_level_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_netsuite', 'item_levels')) }}
)

select
    shop_id,
    id as item_level_id,
    parent_id as location_id,
    payload ->> '$.item' as item_id,
    payload ->> '$.itemid' as sku,
    {{ units("coalesce(payload ->> '$.quantityonhand', '0')") }} as on_hand_quantity,
    {{ units("coalesce(payload ->> '$.quantityavailable', '0')") }} as available_quantity,
    {{ units("coalesce(payload ->> '$.quantitycommitted', '0')") }} as committed_quantity,
    {{ units("coalesce(payload ->> '$.quantitybackordered', '0')") }} as back_ordered_quantity,
    {{ faults([
        missing_fault('location', 'parent_id'), missing_fault('itemid', "(payload ->> '$.itemid')"),
        each_fault_in('payload', text_fault, ['itemid']),
        each_fault_in('payload', units_fault, [
            'quantityonhand', 'quantityavailable', 'quantitycommitted', 'quantitybackordered',
        ]),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
