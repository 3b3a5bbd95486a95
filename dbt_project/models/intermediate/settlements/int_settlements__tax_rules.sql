-- Who owes the tax of a class, and at what rate: one row per shop, class and stretch of days within which one row of
-- the map holds. The shop's own row wins over '*', the newest over an older one. Only the seller's tax has a rate.
with shops as (
    select configured_shop_id as shop_id from {{ ref('stg_config__shops') }}
    where not is_deleted
    union
    -- A shop that is configured no longer keeps the tax of what it sold.
    select shop_id from {{ ref('stg_tiktok_shop__statements') }}
),

rules as (
    select
        shops.shop_id,
        map.*
    from {{ ref('stg_config__tax_map') }} as map
    inner join shops on map.map_shop_id in (shops.shop_id, '*')
    where not map.is_deleted
),

starts as (
    select distinct
        shop_id,
        line_class,
        unnest([valid_from, if(valid_to < date '9999-12-31', valid_to + 1, valid_from)]) as valid_from
    from rules
),

stretches as (
    select
        *,
        coalesce(
            lead(valid_from) over (partition by shop_id, line_class order by valid_from) - 1, date '9999-12-31'
        ) as valid_to
    from starts
)

select
    stretches.shop_id,
    stretches.line_class,
    stretches.valid_from,
    stretches.valid_to,
    rules.treatment,
    if(rules.treatment = 'seller', rules.rate, null) as rate
from stretches
inner join rules
    on
        stretches.shop_id = rules.shop_id
        and stretches.line_class = rules.line_class
        and stretches.valid_from between rules.valid_from and rules.valid_to
qualify row_number() over (
    partition by stretches.shop_id, stretches.line_class, stretches.valid_from
    order by rules.map_shop_id = '*', rules.valid_from desc, rules.tax_map_id asc
) = 1
