{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_newstore', 'availabilities')], 'shop_id, availability_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_newstore', 'availabilities')) }}
)

select
    shop_id,
    id as availability_id,
    parent_id as node_id,
    payload ->> '$.product_id' as product_id,
    {{ units("payload ->> '$.atp'") }} as promisable_quantity,
    {{ faults([
        missing_fault('fulfillment_node_id', 'parent_id'),
        missing_fault('product_id', "(payload ->> '$.product_id')"), missing_fault('atp', "(payload ->> '$.atp')"),
        each_fault_in('payload', text_fault, ['product_id', 'fulfillment_node_id']),
        each_fault_in('payload', units_fault, ['atp']),
    ]) }} as faults,
    is_deleted,
    observed_at,
    loaded_through
from versions
