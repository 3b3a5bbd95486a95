{{ config(materialized=changed_keys_incremental(), pre_hook="{{ delete_changed_receipts() }}") }}

-- What stock systems that count what arrives took in of returns, each with the return whose id it carries: of two shops
-- with one id, that whose goods the location stocks. One row per receipt and line.
with receipts as (
    select * from {{ ref('int_returns__receipts_reported') }}
    {{ only_changed_keys('system, return_reference') }}
),

named as (
    select distinct
        system,
        location,
        return_reference
    from receipts
    where return_reference <> ''
),

returned as (
    select
        named.system,
        named.location,
        named.return_reference,
        found.shop_id,
        found.return_id,
        found.order_id
    from named
    inner join {{ ref('stg_tiktok_shop__returns') }} as found
        on named.return_reference = found.return_id and not found.is_deleted
    left join {{ ref('stg_config__location_map') }} as served
        on
            found.shop_id = served.shop_id
            and named.system = served.system
            and named.location = served.location
            and not served.is_deleted
    qualify row_number() over (
        partition by named.system, named.location, named.return_reference
        order by served.shop_id is null, found.shop_id
    ) = 1
)

select
    receipts.system,
    receipts.receipt_id,
    receipts.return_reference,
    returned.shop_id,
    returned.return_id,
    returned.order_id,
    receipts.location,
    receipts.item,
    receipts.units,
    receipts.good_units,
    receipts.reported_at,
    greatest(receipts.loaded_through, coalesce(changes.loaded_through, 0)) as loaded_through
from receipts
left join returned using (system, location, return_reference)
left join {{ ref('int_returns__changes') }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
