{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tieout', 'acknowledgements')], 'shop_id, acknowledgement_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tieout', 'acknowledgements')) }}
)

select
    id as acknowledgement_id,
    payload ->> '$.sync' as sync,
    payload ->> '$.entity_key' as entity_key,
    shop_id,
    payload ->> '$.desired' as desired,
    payload ->> '$.desired_hash' as desired_hash,
    payload ->> '$.vendor_id' as vendor_id,
    try_cast(payload ->> '$.acknowledged_at' as timestamptz) as acknowledged_at,
    observed_at,
    loaded_through
from versions
where not is_deleted
