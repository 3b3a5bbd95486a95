{#- The pre-hook of a model whose keys are shop and SKU; `also` is a query of further ones. -#}
{% macro delete_changed_listings(also=none) -%}
    {{ delete_changed_keys(
        [ref('stg_tiktok_shop__inventory_readings')],
        'shop_id, sku_id',
        stamp=load_sequence('load_id'),
        also=changed_listings() ~ (' union ' ~ also if also else '')
    ) }}
{%- endmacro %}

{#-
SKUs whose listing, product or place may have changed since this model was last built. A place is compared by what was
derived from it, not by loads: its day turns, its events begin and its snapshots grow old without any.
-#}
{% macro changed_listings() -%}
    select shop_id, sku_id from {{ ref('stg_tiktok_shop__skus') }} where loaded_through > {{ built_through() }}
    union
    select shop_id, sku_id from {{ this }}
    where (shop_id, catalogue_product_id) in (
        select shop_id, product_id from {{ ref('stg_tiktok_shop__product_readings') }} where load_id > {{ built_through_load() }}
    )
    union
    select shop_id, sku_id from {{ this }} where place_state not in (select place_state from {{ ref('int_stock__places') }})
    union
    select shop_id, sku_id from {{ ref('stg_tiktok_shop__inventory') }}
    where (shop_id, warehouse_id) in (
        select shop_id, warehouse_id from {{ ref('int_stock__places') }}
        where place_state not in (select distinct place_state from {{ this }})
    )
{%- endmacro %}

{#-
SKUs made of an item that the system of record has reported since, whose units in flight are no longer those counted, or
whose name is another item's, or was.
-#}
{% macro changed_by_stock() -%}
    (with reported as (
        select system, item from {{ ref('int_stock__items_reported') }} where loaded_through > {{ built_through() }}
    ),

    in_flight as (
        select system, location, {'item': item, 'in_flight': in_flight_quantity, 'known': known_quantity} as allocated_units
        from {{ ref('int_stock__in_flight') }}
    ),

    counted as (
        select distinct system, location, unnest(allocated_units) as allocated_units from {{ this }} where allocated_units is not null
    ),

    moved as (
        select * from (from in_flight except from counted) union (from counted except from in_flight)
    ),

    moved_items as (
        select system, location, allocated_units.item as item from moved
        union
        select moved.system, moved.location, compositions.bundle as item
        from moved
        inner join {{ ref('int_items__compositions_reported') }} as compositions
            on moved.system = compositions.system and moved.allocated_units.item = compositions.component
    )

    select shop_id, sku_id from {{ ref('int_stock__listed') }}
    where (system, component) in (select system, item from reported)
    union
    select shop_id, sku_id from {{ ref('int_stock__listed') }}
    where (system, location, component) in (select system, location, item from moved_items)
    union
    select shop_id, sku_id from {{ ref('int_stock__listed') }}
    where (shop_id, system, component) in (select shop_id, system, item from {{ ref('int_items__exchanged') }})
    union
    select shop_id, sku_id from {{ this }} where starts_with(reason_held, 'MAP-02'))
{%- endmacro %}
