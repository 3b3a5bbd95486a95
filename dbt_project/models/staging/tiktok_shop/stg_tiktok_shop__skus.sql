{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'products'), source('raw_tiktok_shop', 'product_details')], 'shop_id, product_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- What a combined SKU is made of is in the product's detail alone; `combined` is null until that was read.
with products as (
    {{ latest_versions(source('raw_tiktok_shop', 'products')) }}
),

details as (
    {{ latest_versions(source('raw_tiktok_shop', 'product_details')) }}
),

listed as (
    select
        *,
        body.status as product_status,
        unnest(body.skus) as sku
    from (
        select
            * exclude (payload),
            from_json(payload, {{ product_fields() }}) as body
        from products
    ) as parsed
),

detailed as (
    select
        shop_id,
        id,
        loaded_through,
        unnest(from_json(payload, {{ product_detail_fields() }}).skus) as sku
    from details
)

select
    listed.shop_id,
    listed.id as product_id,
    listed.sku.id as sku_id,
    {{ name_text('listed.sku.seller_sku') }} as seller_sku,
    listed.product_status,
    listed.sku.status_info.status as sku_status,
    case
        when detailed.id is not null
            then list_transform(
                coalesce(detailed.sku.combined_skus, []),
                lambda part: {
                    'seller_sku': {{ name_text('part.seller_sku') }}, 'quantity': {{ units('part.sku_count') }}
                }
            )
    end as combined,
    listed.is_deleted,
    listed.first_observed_at,
    listed.observed_at,
    greatest(listed.loaded_through, coalesce(detailed.loaded_through, 0)) as loaded_through
from listed
left join detailed on listed.shop_id = detailed.shop_id and listed.id = detailed.id and listed.sku.id = detailed.sku.id
-- One without its id is named by stg_tiktok_shop__listing_faults.
where listed.sku.id <> ''
