{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'products'), source('raw_tiktok_shop', 'product_details'), source('raw_tiktok_shop', 'inventory')], 'shop_id, record_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- What cannot be read in products, their details and their stock. It is asked of the record as a whole: a listing whose
-- SKUs or warehouses are no list has no row of its own elsewhere, and one without an id is joined to nothing.
with products as (
    select
        *,
        from_json(payload, {{ product_fields() }}) as body
    from ({{ latest_versions(source('raw_tiktok_shop', 'products')) }}) as versions
),

details as (
    select
        *,
        from_json(payload, {{ product_detail_fields() }}) as body
    from ({{ latest_versions(source('raw_tiktok_shop', 'product_details')) }}) as versions
),

inventory as (
    select
        *,
        from_json(payload, {{ inventory_fields() }}) as body
    from ({{ latest_versions(source('raw_tiktok_shop', 'inventory')) }}) as versions
),

found as (
    select
        * exclude (payload, body),
        'products' as entity,
        list_concat(
            {{ faults([
                text_fault('status', 'body.status'),
                shape_faults('payload', {'skus': 'ARRAY', 'skus[*]': 'OBJECT', 'skus[*].status_info': 'OBJECT'}),
            ]) }},
            {{ faults_in('body.skus', 'sku', [
                missing_fault('skus.id', 'sku.id'),
                each_fault(text_fault, ['id', 'seller_sku', 'status_info.status'], of='sku.', shown='skus.'),
            ]) }}
        ) as faults
    from products
    union all
    select
        * exclude (payload, body),
        'product_details' as entity,
        list_concat(
            {{ faults([
                shape_faults('payload', {
                    'skus': 'ARRAY', 'skus[*]': 'OBJECT', 'skus[*].combined_skus': 'ARRAY',
                    'skus[*].combined_skus[*]': 'OBJECT',
                }),
            ]) }},
            {{ faults_in('body.skus', 'sku', [
                missing_fault('skus.id', 'sku.id'), text_fault('skus.id', 'sku.id'),
            ]) }},
            {{ faults_in('flatten(list_transform(body.skus, lambda sku: sku.combined_skus))', 'part', [
                text_fault('skus.combined_skus.seller_sku', 'part.seller_sku'),
                missing_fault('skus.combined_skus.sku_count', 'part.sku_count'),
                count_fault('skus.combined_skus.sku_count', 'part.sku_count'),
            ]) }}
        ) as faults
    from details
    union all
    select
        * exclude (payload, body),
        'inventory' as entity,
        list_concat(
            {{ faults([
                text_fault('seller_sku', 'body.seller_sku'),
                shape_faults('payload', {
                    'warehouse_inventory': 'ARRAY', 'warehouse_inventory[*]': 'OBJECT',
                    'total_available_inventory_distribution': 'OBJECT',
                    'total_available_inventory_distribution.campaign_inventory': 'ARRAY',
                    'total_available_inventory_distribution.creator_inventory': 'ARRAY',
                }),
            ]) }},
            {{ faults_in('body.warehouse_inventory', 'place', [
                missing_fault('warehouse_inventory.warehouse_id', 'place.warehouse_id'),
                text_fault('warehouse_inventory.warehouse_id', 'place.warehouse_id'),
                count_fault('warehouse_inventory.available_quantity', 'place.available_quantity'),
                count_fault('warehouse_inventory.committed_quantity', 'place.committed_quantity'),
            ]) }},
            {%- for part in ['campaign_inventory', 'creator_inventory'] %}
            {{ faults_in('body.total_available_inventory_distribution.' ~ part, 'held', [
                units_fault('total_available_inventory_distribution.' ~ part ~ '.quantity', 'held.quantity'),
            ]) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as faults
    from inventory
)

select
    shop_id,
    id as record_id,
    entity,
    parent_id,
    faults,
    is_deleted,
    observed_at,
    loaded_through
from found
