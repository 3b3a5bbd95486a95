-- The figure that each listing is measured from: what we last wrote for it, before the first write its first reading.
with pushes as (
    select
        shop_id,
        entity_key as sku_id,
        acknowledged_at as pushed_at,
        from_json(
            desired, '{"seen_at": "VARCHAR", "warehouses": [{"warehouse_id": "VARCHAR", "quantity": "BIGINT"}]}'
        ) as body
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__stock'
),

pushed_places as (
    select
        shop_id,
        sku_id,
        pushed_at,
        try_cast(body.seen_at as timestamptz) as measured_at,
        unnest(body.warehouses) as place
    from pushes
),

pushed as (
    select
        shop_id,
        sku_id,
        place.warehouse_id as place_id,
        max(pushed_at) as pushed_at,
        arg_max(measured_at, pushed_at) as measured_at,
        arg_max(place.quantity, pushed_at) as quantity
    from pushed_places
    group by shop_id, sku_id, place.warehouse_id
),

combined as (
    select
        shop_id,
        sku_id
    from {{ ref('stg_tiktok_shop__skus') }}
    where len(combined) > 0
),

never_pushed as (
    select
        first_read.shop_id,
        first_read.sku_id,
        first_read.warehouse_id as place_id,
        cast(null as timestamptz) as pushed_at,
        first_read.measured_at,
        first_read.listed_quantity as quantity
    from {{ ref('stg_tiktok_shop__first_inventory') }} as first_read
    anti join pushed
        on
            first_read.shop_id = pushed.shop_id
            and first_read.sku_id = pushed.sku_id
            and first_read.warehouse_id = pushed.place_id
    -- What a combined SKU lists follows from its components.
    anti join combined on first_read.shop_id = combined.shop_id and first_read.sku_id = combined.sku_id
)

select
    shop_id,
    sku_id,
    place_id as warehouse_id,
    pushed_at,
    measured_at,
    quantity
from pushed
union all
select
    shop_id,
    sku_id,
    place_id as warehouse_id,
    pushed_at,
    measured_at,
    quantity
from never_pushed
