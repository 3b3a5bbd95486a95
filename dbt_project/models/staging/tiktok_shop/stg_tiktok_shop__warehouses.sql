with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'warehouses')) }}
)

select
    shop_id,
    id as warehouse_id,
    payload ->> '$.name' as warehouse_name,
    payload ->> '$.type' as warehouse_type,
    payload ->> '$.sub_type' as warehouse_subtype,
    payload ->> '$.effect_status' as status,
    coalesce(payload ->> '$.is_default' = 'true', false) as is_default,
    {{ faults([
        each_fault_in('payload', text_fault, ['name', 'type', 'sub_type', 'effect_status']),
        each_fault_in('payload', flag_fault, ['is_default']),
    ]) }} as faults,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from versions
