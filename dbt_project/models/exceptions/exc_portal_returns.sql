-- Returns in a portal that are none on TikTok Shop, or of another order there. Whose a parcel can be is guessed, best
-- first. What may only come later is said an hour after the portal's return began, as far as was read.
with portals as (
    select
        portals.system,
        portals.shop_id,
        reads.windows
    from {{ ref('stg_config__return_portals') }} as portals
    left join {{ ref('int_coverage__reads') }} as reads
        on reads.system = 'tiktok_shop' and reads.entity = 'returns' and portals.shop_id = reads.shop_id
    where not portals.is_deleted
),

known as (
    select
        portals.system,
        orders.order_id,
        min(orders.shop_id) as shop_id
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    inner join portals on orders.shop_id = portals.shop_id
    where
        not orders.is_deleted
        and orders.order_id in (select order_reference from {{ ref('int_returns__guesses') }})
    group by portals.system, orders.order_id
),

-- A return can be in any shop of the portal, or in that of its order; a parcel that names nothing is sought nowhere.
unread as (
    select
        portal.system,
        portal.portal_return_id
    from {{ ref('int_returns__guesses') }} as portal
    inner join portals on portal.system = portals.system
    left join known on portal.system = known.system and portal.order_reference = known.order_id
    where
        not portal.is_blind
        and portals.shop_id = coalesce(known.shop_id, portals.shop_id)
        and not {{ was_read('portals.windows', 'portal.created_at', 'portal.created_at + ' ~ clock_of('counterpart')) }}
    union
    select
        portal.system,
        portal.portal_return_id
    from {{ ref('int_returns__guesses') }} as portal
    left join {{ ref('int_coverage__reads') }} as reads
        on portal.system = reads.system and reads.entity = 'returns' and reads.shop_id = ''
    where
        portal.is_blind
        and not {{ was_read('reads.windows', 'portal.created_at', 'portal.created_at + ' ~ clock_of('counterpart')) }}
),

found as (
    select
        coalesce(known.shop_id, '') as shop_id,
        portal.system,
        portal.portal_return_id,
        0 as amount,
        '' as currency,
        'a return on TikTok Shop' as expected,
        case
            when portal.is_blind then 'nothing was announced'
            when portal.return_reference is not null
                then 'return ' || portal.return_reference || ' is not on TikTok Shop'
            when known.order_id is null then 'order ' || portal.order_reference || ' is not on TikTok Shop'
            else 'order ' || portal.order_reference || ' has no return on TikTok Shop'
        end as actual,
        to_json({
            'order_id': portal.order_reference, 'portal': portal.system, 'status': portal.raw_status,
            'tracking': portal.tracking_numbers, 'contents': portal.lines, 'guesses': portal.guesses
        }) as evidence,
        'return unknown' as cause
    from {{ ref('int_returns__guesses') }} as portal
    left join known on portal.system = known.system and portal.order_reference = known.order_id
    anti join unread
        on portal.system = unread.system and portal.portal_return_id = unread.portal_return_id
    union all by name
    select
        pairs.shop_id,
        pairs.system,
        pairs.portal_return_id,
        returned.refund_amount as amount,
        returned.currency,
        'of order ' || returned.order_id || ', as return ' || pairs.return_id || ' on TikTok Shop' as expected,
        'of order ' || coalesce(portal.order_reference, '(none)') as actual,
        to_json({'order_id': returned.order_id, 'portal': pairs.system, 'return_id': pairs.return_id}) as evidence,
        'another order' as cause
    from {{ ref('int_returns__pairs') }} as pairs
    inner join {{ ref('int_returns__portal_returns') }} as portal using (system, portal_return_id)
    inner join {{ ref('int_returns__returns') }} as returned
        on pairs.shop_id = returned.shop_id and pairs.return_id = returned.return_id
    where pairs.is_other_order and portal.status is distinct from 'cancelled'
)

select
    'RET-04' as code,
    shop_id,
    'portal_return' as entity_type,
    {{ joined_key(['system', 'portal_return_id']) }} as entity_id,
    cast(coalesce(amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    expected,
    actual,
    evidence,
    cause
from found
