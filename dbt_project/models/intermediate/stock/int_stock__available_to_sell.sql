{{ config(materialized=atomic_view()) }}

-- What each listed SKU may sell from each warehouse, with the time as of which its stock was reported.
select
    sellable.shop_id,
    sellable.sku_id,
    sellable.warehouse_id,
    sellable.product_id,
    sellable.seller_sku,
    sellable.item,
    sellable.system,
    sellable.location,
    sellable.limiting_item,
    sellable.on_hand_quantity,
    sellable.available_quantity,
    sellable.in_flight_quantity,
    sellable.buffer_quantity,
    sellable.available_to_sell_quantity,
    sellable.listed_quantity,
    sellable.committed_quantity,
    sellable.locked_quantity,
    sellable.listed_at,
    sellable.event_name,
    make_timestamptz(coalesce(epoch_us(newest.as_of), 0) - sellable.microseconds_behind) as as_of,
    sellable.is_combined,
    sellable.reason_held
from {{ ref('int_stock__sellable') }} as sellable
left join {{ ref('int_stock__snapshots') }} as newest
    on sellable.system = newest.system and sellable.location = newest.location
