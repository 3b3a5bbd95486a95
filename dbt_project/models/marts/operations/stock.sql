{{ config(contract={'enforced': true}) }}

-- Every SKU at every warehouse where TikTok Shop lists it: what it lists, and what may be sold and why.
select
    compared.sku_id,
    compared.shop_id,
    compared.warehouse_id,
    compared.product_id,
    compared.seller_sku,
    available.item,
    available.system as fulfilment_system,
    available.location as fulfilment_location,
    available.limiting_item,
    cast(available.on_hand_quantity as bigint) as on_hand_quantity,
    cast(available.available_quantity as bigint) as available_quantity,
    cast(available.in_flight_quantity as bigint) as in_flight_quantity,
    cast(available.buffer_quantity as bigint) as buffer_quantity,
    nullif(available.event_name, '') as event_name,
    cast(available.available_to_sell_quantity as bigint) as available_to_sell_quantity,
    cast(compared.listed_quantity as bigint) as listed_quantity,
    cast(available.committed_quantity as bigint) as committed_quantity,
    cast(compared.difference_quantity as bigint) as difference_quantity,
    compared.status,
    available.as_of,
    available.listed_at,
    compared.pushed_at,
    nullif(compared.reason_held, '') as held_because
from {{ ref('rec_stock__listed_vs_available') }} as compared
left join {{ ref('int_stock__available_to_sell') }} as available
    on
        compared.shop_id = available.shop_id
        and compared.sku_id = available.sku_id
        and compared.warehouse_id = available.warehouse_id
