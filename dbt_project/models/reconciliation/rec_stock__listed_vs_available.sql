-- What each SKU lists at each warehouse against what may be sold from there.
with available as (
    select * from {{ ref('int_stock__available_to_sell') }}
),

readings as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'inventory'
    group by shop_id
),

listed as (
    select
        inventory.*,
        readings.as_of
    from {{ ref('stg_tiktok_shop__inventory') }} as inventory
    left join readings on inventory.shop_id = readings.shop_id
    where not inventory.is_deleted
),

intents as (
    select
        shop_id,
        entity_key as sku_id,
        state,
        error_code,
        last_error,
        updated_at
    from {{ ref('stg_tieout__outbox') }}
    where sync = 'tiktok_shop__stock'
),

changed as (
    select
        shop_id,
        sku_id,
        warehouse_id,
        status,
        pushed_at,
        expected_quantity
    from {{ ref('rec_stock__listed_vs_pushed') }}
)

select
    listed.shop_id,
    listed.sku_id,
    listed.warehouse_id,
    listed.product_id,
    listed.seller_sku,
    available.system,
    available.location,
    listed.available_quantity as listed_quantity,
    available.available_to_sell_quantity,
    listed.available_quantity - available.available_to_sell_quantity as difference_quantity,
    case
        when available.sku_id is null then 'missing_right'
        when available.reason_held <> '' or available.is_combined then 'accepted'
        when listed.available_quantity = available.available_to_sell_quantity then 'matched'
        -- What an earlier run planned and this one still finds is late; what is new will be written.
        when intents.state in ('pending', 'rejected', 'dead') or changed.status = 'mismatched' then 'mismatched'
        else 'in_transit'
    end as status,
    coalesce(available.reason_held, '') as reason_held,
    intents.state as intent_state,
    intents.error_code,
    intents.last_error,
    changed.status as pushed_status,
    changed.pushed_at,
    changed.expected_quantity as pushed_expected_quantity,
    listed.as_of as left_as_of,
    available.as_of as right_as_of
from listed
left join available
    on
        listed.shop_id = available.shop_id
        and listed.sku_id = available.sku_id
        and listed.warehouse_id = available.warehouse_id
left join intents on listed.shop_id = intents.shop_id and listed.sku_id = intents.sku_id
left join changed
    on
        listed.shop_id = changed.shop_id
        and listed.sku_id = changed.sku_id
        and listed.warehouse_id = changed.warehouse_id
