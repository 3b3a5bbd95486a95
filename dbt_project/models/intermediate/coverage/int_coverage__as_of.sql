-- The vendor's own clock as of the last complete reading: what ages are measured against, never this machine's clock.
-- It rests on nothing that is slow to read, because every lane measures by it.
with shops as (
    select configured_shop_id as shop_id from {{ ref('stg_config__shops') }}
    where not is_deleted
    union
    select shop_id from {{ ref('stg_tiktok_shop__orders') }}
    union
    select shop_id from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop'
),

verified as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop'
    group by shop_id
),

latest as (
    select max(as_of) as as_of from verified
),

observed as (
    select
        shop_id,
        max(observed_at) as as_of
    from {{ ref('stg_tiktok_shop__orders') }}
    group by shop_id
)

select
    shops.shop_id,
    coalesce(verified.as_of, observed.as_of, latest.as_of) as as_of
from shops
left join verified on shops.shop_id = verified.shop_id
left join observed on shops.shop_id = observed.shop_id
cross join latest
