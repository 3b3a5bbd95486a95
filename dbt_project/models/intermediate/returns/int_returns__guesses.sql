-- Returns of a portal that no return on TikTok Shop is, with whose they can be, best first: the same parcel, then the
-- most of its SKUs, of the portal's shops alone. Other channels have returns in the same portal.
with unpaired_keys as materialized (
    select
        portal.system,
        portal.portal_return_id
    from {{ ref('int_returns__portal_returns') }} as portal
    anti join {{ ref('int_returns__pairs') }} using (system, portal_return_id)
    where
        portal.status is distinct from 'cancelled'
        and (
            portal.is_blind
            or portal.return_reference is not null
            or {{ is_channel_number('portal.order_reference') }}
        )
),

unpaired as (
    select * from {{ ref('int_returns__portal_returns') }}
    semi join unpaired_keys using (system, portal_return_id)
),

contents as (
    select
        system,
        portal_return_id,
        tracking_numbers,
        unnest(list_distinct(list_transform(lines, lambda line: line.sku))) as sku
    from unpaired
),

candidates as (
    select
        contents.system,
        contents.portal_return_id,
        returned.shop_id,
        returned.order_id,
        returned.return_id,
        count(distinct contents.sku) as fitting_skus,
        bool_or(list_contains(contents.tracking_numbers, returned.tracking_number)) as is_same_parcel
    from contents
    inner join {{ ref('int_returns__items') }} as items on contents.sku = items.item
    inner join {{ ref('int_returns__returns') }} as returned
        on items.shop_id = returned.shop_id and items.return_id = returned.return_id
    inner join {{ ref('stg_config__return_portals') }} as portals
        on contents.system = portals.system and returned.shop_id = portals.shop_id and not portals.is_deleted
    where
        returned.received_at is null
        and returned.has_goods
        and returned.stage in ('approved', 'shipped', 'refunding', 'refunded')
    group by contents.system, contents.portal_return_id, returned.shop_id, returned.order_id, returned.return_id
),

ranked as (
    select
        system,
        portal_return_id,
        list(
            {
                'shop_id': shop_id,
                'order_id': order_id,
                'return_id': return_id,
                'is_same_parcel': is_same_parcel,
                'fitting_skus': fitting_skus
            }
            order by is_same_parcel desc nulls last, fitting_skus desc, return_id asc, shop_id asc
        )[1:5] as guesses
    from candidates
    group by system, portal_return_id
)

select
    unpaired.system,
    unpaired.portal_return_id,
    unpaired.order_reference,
    unpaired.return_reference,
    unpaired.raw_status,
    unpaired.is_blind,
    unpaired.warehouse_code,
    unpaired.created_at,
    unpaired.updated_at,
    unpaired.received_at,
    unpaired.tracking_numbers,
    unpaired.lines,
    ranked.guesses
from unpaired
left join ranked using (system, portal_return_id)
