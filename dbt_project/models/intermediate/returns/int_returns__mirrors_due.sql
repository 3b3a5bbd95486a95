-- Returns that the portal does not hold as TikTok Shop has them, and what it should hold. One row per return.
with reasons as (
    select
        of_channel.code,
        of_portal.code as portal_code,
        of_portal.system,
        greatest(of_channel.valid_from, of_portal.valid_from) as valid_from,
        least(of_channel.valid_to, of_portal.valid_to) as valid_to
    from {{ ref('stg_config__return_reasons') }} as of_channel
    inner join {{ ref('stg_config__return_reasons') }} as of_portal using (reason)
    where of_channel.system = 'tiktok_shop' and not of_channel.is_deleted and not of_portal.is_deleted
),

wanted as (
    select
        returned.*,
        portals.system as portal_system,
        portals.mirror_after_minutes,
        reasons.portal_code,
        case
            when returned.stage in ('closed', 'refused', 'refunding', 'refunded', 'replaced') then 'over'
            when returned.stage in ('approved', 'shipped') and coalesce(returned.tracking_number, '') <> ''
                then 'labelled'
            else 'announced'
        end as wanted_state
    from {{ ref('int_returns__returns') }} as returned
    inner join {{ ref('stg_config__return_portals') }} as portals using (shop_id)
    left join reasons
        on
            returned.reason = reasons.code
            and portals.system = reasons.system
            and cast(returned.requested_at as date) between reasons.valid_from and reasons.valid_to
    -- What is over matters while the portal still waits for its parcel.
    where
        returned.has_goods
        and not portals.is_deleted
        and returned.stage <> 'unknown'
        and (wanted_state <> 'over' or returned.has_unposted)
    -- Of several reasons of the portal that mean the same it is the first by name.
    qualify row_number() over (partition by returned.shop_id, returned.return_id order by reasons.portal_code) = 1
),

items as (
    select
        shop_id,
        return_id,
        item,
        units
    from {{ ref('int_returns__items') }}
    semi join wanted using (shop_id, return_id)
),

contents as (
    select
        shop_id,
        return_id,
        bool_or(item is null) as lacks_item,
        list({'quantity': units, 'sku': item} order by item) as lines
    from items
    group by shop_id, return_id
)

select
    wanted.shop_id,
    wanted.return_id,
    wanted.order_id,
    wanted.portal_system as system,
    wanted.wanted_state,
    len(wanted.portal_return_ids) = 0 as is_missing,
    wanted.reason,
    wanted.refund_amount,
    wanted.currency,
    wanted.mirror_after_minutes,
    wanted.first_observed_at,
    wanted.observed_at,
    cast(to_json({
        'carrier': if(wanted.wanted_state = 'labelled', wanted.carrier, null),
        'currency': wanted.currency,
        'lines': contents.lines,
        'order_id': wanted.order_id,
        'order_lines': ordered.lines,
        'ordered_at': strftime(ordered.ordered_at, '%Y-%m-%dT%H:%M:%S'),
        'reason_code': wanted.portal_code,
        'return_id': wanted.return_id,
        'state': wanted.wanted_state,
        'tracking_number': if(wanted.wanted_state = 'labelled', wanted.tracking_number, null)
    }) as varchar) as desired,
    case
        when wanted.wanted_state = 'over' then null
        when not wanted.is_order_known or wanted.unsold_lines > 0
            then 'RET-04: order ' || wanted.order_id || ' or a line of it is not there'
        when contents.lines is null then 'RET-07: the return has no lines; look in Seller Center what comes back'
        when doubled.return_id is not null then 'RET-13: a line of it is asked for twice; decide first which one holds'
        when contents.lacks_item then 'MAP-01: a line of it has no item; add its seller SKU to skus.csv'
        when wanted.portal_code is null
            then 'RET-09: no reason of the portal for ' || coalesce(wanted.reason, 'none') || '; see return_reasons.csv'
    end as blocked_reason
from wanted
left join {{ ref('int_returns__doubled') }} as doubled
    on wanted.shop_id = doubled.shop_id and wanted.return_id = doubled.return_id
left join contents on wanted.shop_id = contents.shop_id and wanted.return_id = contents.return_id
left join {{ ref('int_returns__orders_announced') }} as ordered
    on wanted.shop_id = ordered.shop_id and wanted.order_id = ordered.order_id
where
    wanted.wanted_state = 'over'
    or len(wanted.portal_return_ids) = 0
    or (
        wanted.wanted_state = 'labelled'
        and wanted.has_unposted
        and not list_contains(wanted.portal_tracking_numbers, wanted.tracking_number)
    )
