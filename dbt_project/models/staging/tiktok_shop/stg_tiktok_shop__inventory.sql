{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'inventory')], 'shop_id, sku_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'inventory')) }}
),

documents as (
    select
        * exclude (payload),
        from_json(payload, {{ inventory_fields() }}) as body
    from versions
),

places as (
    select
        *,
        list_transform(
            list_concat(
                coalesce(body.total_available_inventory_distribution.campaign_inventory, []),
                coalesce(body.total_available_inventory_distribution.creator_inventory, [])
            ),
            lambda held: {{ units('held.quantity') }}
        ) as locked_quantities,
        unnest(body.warehouse_inventory) as place
    from documents
)

select
    shop_id,
    id as sku_id,
    place.warehouse_id,
    parent_id as product_id,
    {{ name_text('body.seller_sku') }} as seller_sku,
    {{ units('place.available_quantity') }} as available_quantity,
    {{ units('place.committed_quantity') }} as committed_quantity,
    cast(least(coalesce(list_sum(locked_quantities), 0), 99999999) as integer)
        as sku_locked_quantity,
    is_deleted,
    first_observed_at,
    observed_at,
    loaded_through
from places
-- One without its warehouse is named by stg_tiktok_shop__listing_faults.
where place.warehouse_id <> ''
-- A warehouse that is named twice counts with its lesser figure: too little is corrected, too much is oversold.
qualify
    row_number() over (
        partition by shop_id, id, place.warehouse_id order by available_quantity asc, committed_quantity asc
    ) = 1
