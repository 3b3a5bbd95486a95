-- Documents for orders that TikTok Shop does not have, where every shop that ships from that place was read completely
-- at that time. One row per order number.
{%- set margin_days = 2 %}

with strangers as (
    select documents.*
    from {{ ref('rec_orders__documents') }} as documents
    anti join {{ ref('stg_tiktok_shop__orders') }} as orders on documents.order_id = orders.order_id
    where documents.living_documents > 0
),

shops as (
    select distinct
        system,
        location,
        shop_id
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

-- An order is some days older than its document at most, and read again with each change.
judged as (
    select
        strangers.order_id,
        shops.shop_id,
        bool_or(
            coalesce(strangers.accepted_at, strangers.shipped_at, strangers.observed_at)
            between windows.window_from + interval {{ margin_days }} day and windows.window_to
        ) as is_covered
    from strangers
    inner join shops on strangers.system = shops.system and strangers.location = shops.location
    left join {{ ref('int_coverage__windows') }} as windows
        on shops.shop_id = windows.shop_id and windows.system = 'tiktok_shop' and windows.entity = 'orders'
    group by strangers.order_id, shops.shop_id
),

covered as (
    select
        order_id,
        min(shop_id) as shop_id,
        count(*) as shops,
        bool_and(coalesce(is_covered, false)) as is_covered
    from judged
    group by order_id
)

-- What was read of orders may be in quarantine.
select
    if(covered.shops = 1, covered.shop_id, '') as shop_id,
    strangers.order_id,
    strangers.system,
    strangers.location,
    strangers.document_status,
    strangers.document_ids,
    strangers.living_documents,
    strangers.open_documents,
    strangers.shipped_at,
    strangers.contents,
    strangers.units,
    strangers.observed_at,
    covered.is_covered
from strangers
inner join covered using (order_id)
anti join {{ ref('quarantine') }} as quarantine
    on quarantine.entity = 'orders' and strangers.order_id = quarantine.record_id
