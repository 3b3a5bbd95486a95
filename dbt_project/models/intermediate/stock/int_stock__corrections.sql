-- SKUs whose listed stock is not what may be sold. TikTok Shop takes absolute figures of all warehouses of a SKU at
-- once and cannot compare before it sets: a row says what was seen with what is wanted, the write is a correction.
with readings as (
    select
        shop_id,
        max(read_in_load) as read_in_load
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'inventory'
    group by shop_id
),

writes as (
    select
        entity_key,
        max(acknowledged_at) as written_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__stock'
    group by entity_key
),

-- Nearly all SKUs list what they may sell, and are asked for nothing else.
different as (
    select distinct
        shop_id,
        sku_id
    from {{ ref('int_stock__available_to_sell') }}
    where not is_combined and available_to_sell_quantity is distinct from listed_quantity
),

skus as (
    select
        shop_id,
        sku_id,
        any_value(product_id) as product_id,
        max(listed_at) as seen_at,
        sum(listed_quantity) as listed_quantity,
        sum(if(reason_held = '', available_to_sell_quantity, listed_quantity)) as wanted_quantity,
        any_value(locked_quantity) as locked_quantity,
        list(
            {'warehouse_id': warehouse_id, 'seen': listed_quantity, 'quantity': available_to_sell_quantity}
            order by warehouse_id
        ) filter (where reason_held = '' and available_to_sell_quantity <> listed_quantity) as places,
        min(nullif(reason_held, '')) as reason_held
    from {{ ref('int_stock__available_to_sell') }}
    semi join different using (shop_id, sku_id)
    where not is_combined
    group by shop_id, sku_id
),

-- What was written and not read since is not checked: its difference was already sent.
due as (
    select
        skus.*,
        coalesce(strftime(writes.written_at, '%Y-%m-%dT%H:%M:%S.%fZ'), '') as written_before
    from skus
    left join writes on skus.sku_id = writes.entity_key
    left join readings on skus.shop_id = readings.shop_id
    where
        writes.written_at is null
        or epoch_us(writes.written_at) * 10 < coalesce(readings.read_in_load, 0)
),

-- Fewer than ten SKUs are never a mass change: small shops sell out.
zeroed as (
    select
        shop_id,
        count(*) as zeroed_skus
    from skus
    where listed_quantity > 0 and wanted_quantity = 0
    group by shop_id
    having count(*) >= 10
),

listed as (
    select
        shop_id,
        sku_id
    from {{ ref('int_stock__available_to_sell') }}
    semi join zeroed using (shop_id)
    where not is_combined
    group by shop_id, sku_id
    having sum(listed_quantity) > 0
),

shops as (
    select
        listed.shop_id,
        any_value(zeroed.zeroed_skus) as zeroed_skus,
        count(*) as listed_skus
    from listed
    inner join zeroed on listed.shop_id = zeroed.shop_id
    group by listed.shop_id
),

written as (
    select
        due.*,
        cast(to_json({
            'product_id': due.product_id,
            'sku_id': due.sku_id,
            'seen_at': strftime(due.seen_at, '%Y-%m-%dT%H:%M:%S.%fZ'),
            'written_before': due.written_before,
            'warehouses': coalesce(due.places, [])
        }) as varchar) as desired,
        due.listed_quantity > 0
        and due.wanted_quantity = 0
        and coalesce(shops.zeroed_skus > rules.most_zeroed_share * shops.listed_skus, false) as needs_approval,
        shops.zeroed_skus || ' of ' || shops.listed_skus || ' listed SKUs would go to zero at once' as mass_change
    from due
    left join shops on due.shop_id = shops.shop_id
    cross join {{ ref('stg_config__stock') }} as rules
)

select
    sku_id,
    shop_id,
    desired,
    needs_approval,
    case when needs_approval then mass_change else '' end as approval_reason,
    case
        when places is null then reason_held
        when wanted_quantity < locked_quantity
            then 'INV-13: a promotion holds ' || locked_quantity || ' units, and ' || wanted_quantity || ' may be sold'
    end as blocked_reason
from written
