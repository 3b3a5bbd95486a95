{{ config(materialized=atomic_view()) }}

-- Returns of which portals announce other goods than TikTok Shop does, their warehouses together. One row per return.
with portal as (
    select
        system,
        portal_return_id,
        unnest(lines) as line
    from {{ ref('int_returns__portal_returns') }}
    where status is distinct from 'cancelled' and not coalesce(is_unreadable, false)
),

announced as (
    select
        pairs.shop_id,
        pairs.return_id,
        portal.line.sku as item,
        sum(portal.line.announced) as units
    from {{ ref('int_returns__pairs') }} as pairs
    inner join portal using (system, portal_return_id)
    where portal.line.announced > 0 and not pairs.is_other_order
    group by all
),

asked as (
    select
        shop_id,
        return_id,
        item,
        count(*) as units
    from {{ ref('int_returns__lines') }}
    semi join announced using (shop_id, return_id)
    group by all
)

select
    shop_id,
    return_id,
    string_agg(asked.units || ' x ' || item, ', ' order by item) as asked,
    string_agg(announced.units || ' x ' || item, ', ' order by item) as announced
from asked
full join announced using (shop_id, return_id, item)
group by shop_id, return_id
having bool_or(asked.units is distinct from announced.units)
