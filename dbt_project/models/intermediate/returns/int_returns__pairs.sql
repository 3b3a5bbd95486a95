{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns() }}"
    )
}}

-- Which return of a portal is which on TikTok Shop: by TikTok Shop's id of the return, or, where the portal names an
-- order and no return, by that order and the same items, when only one return of each side fits: one of the portal, or
-- one for each warehouse that its goods go to. A portal has returns of its shops alone; where two shops have one id, it
-- is that whose order the portal names.
with returned as (
    select
        shop_id,
        return_id,
        order_id
    from {{ ref('stg_tiktok_shop__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted
),

portals as (
    select
        system,
        shop_id
    from {{ ref('stg_config__return_portals') }}
    where not is_deleted
),

named as (
    select
        shop_id,
        return_id,
        order_id
    from {{ ref('stg_tiktok_shop__returns') }}
    where return_id in (select return_id from returned) and not is_deleted
),

asked as (
    select
        shop_id,
        return_id,
        order_id,
        {{ listed_units('item', 'units') }} as items
    from {{ ref('int_returns__items') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, return_id, order_id
),

by_reference as (
    select
        named.shop_id,
        named.return_id,
        named.order_id,
        portal.system,
        portal.portal_return_id,
        coalesce(portal.order_reference <> named.order_id, true) as is_other_order
    from {{ ref('int_returns__portal_returns') }} as portal
    inner join named on portal.return_reference = named.return_id
    inner join portals on portal.system = portals.system and named.shop_id = portals.shop_id
    qualify row_number() over (
        partition by portal.system, portal.portal_return_id order by is_other_order, named.shop_id
    ) = 1
),

-- Returns of either side that are of one order, and that no id has brought together.
by_order as (
    select
        asked.shop_id,
        asked.return_id,
        asked.order_id,
        asked.items,
        portal.system,
        portal.portal_return_id,
        portal.announced_items,
        portal.warehouse_code
    from {{ ref('int_returns__portal_returns') }} as portal
    inner join asked on portal.order_reference = asked.order_id
    inner join portals on portal.system = portals.system and asked.shop_id = portals.shop_id
    anti join by_reference on asked.shop_id = by_reference.shop_id and asked.return_id = by_reference.return_id
    where portal.return_reference is null and portal.status is distinct from 'cancelled'
),

whole as (
    select
        shop_id,
        return_id,
        order_id,
        system,
        portal_return_id
    from by_order
    where announced_items = items
    qualify
        count(*) over (partition by system, portal_return_id) = 1
        and count(*) over (partition by shop_id, return_id) = 1
),

in_parts as (
    select
        shop_id,
        return_id,
        order_id,
        system,
        list(portal_return_id) as portal_return_ids
    from by_order
    anti join whole on by_order.shop_id = whole.shop_id and by_order.return_id = whole.return_id
    anti join whole as taken
        on by_order.system = taken.system and by_order.portal_return_id = taken.portal_return_id
    group by shop_id, return_id, order_id, system
    having
        list_sort(flatten(list(announced_items))) = any_value(items)
        and count(*) > 1
        and count(distinct warehouse_code) = count(*)
    qualify count(*) over (partition by system, order_id) = 1
)

select
    pairs.*,
    changes.loaded_through
from (
    select * from by_reference
    semi join returned using (shop_id, return_id)
    union all by name
    select
        *,
        false as is_other_order
    from whole
    union all by name
    select
        * exclude (portal_return_ids),
        unnest(portal_return_ids) as portal_return_id,
        false as is_other_order
    from in_parts
) as pairs
left join {{ of_changed(ref('int_returns__changes')) }} as changes using (shop_id, order_id)
