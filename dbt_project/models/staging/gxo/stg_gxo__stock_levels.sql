{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_gxo', 'stock_levels')], 'shop_id, stock_level_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- The newest snapshot wins by its own date and time, not by when its file arrived: files come late and out of order.
with versions as (
    select
        shop_id,
        id,
        arg_max(parent_id, {'taken': updated_at, 'read': observed_at}) as snapshot_id,
        arg_max(payload, {'taken': updated_at, 'read': observed_at}) as payload,
        max(updated_at) as as_of,
        max(observed_at) as observed_at,
        max({{ load_sequence('load_id') }}) as loaded_through
    from {{ source('raw_gxo', 'stock_levels') }}
    {{ only_changed_keys('shop_id, id') }}
    where not is_deleted
    group by shop_id, id
)

select
    shop_id,
    id as stock_level_id,
    payload ->> '$.site' as site,
    payload ->> '$.sku' as sku,
    {{ units("payload ->> '$.quantities.17'") }} as on_hand_quantity,
    {{ units("payload ->> '$.quantities.33'") }} as available_quantity,
    coalesce({{ units("payload ->> '$.quantities.QH'") }}, 0) as on_hold_quantity,
    snapshot_id,
    as_of,
    observed_at,
    loaded_through
from versions
