{{ config(materialized=changed_keys_incremental(), pre_hook="{{ delete_changed_returns() }}") }}
-- One row per return on TikTok Shop: how far it is, who decided, its clock, what the portal received, and its money.
with asked as (
    select * from {{ ref('stg_tiktok_shop__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted and len(faults) = 0
),

answers as (
    select
        shop_id,
        return_id,
        max(created_at) filter (where role = 'SELLER') as seller_at,
        max(created_at) filter (where role = 'BUYER') as buyer_at,
        max(return_updated_at) as read_through,
        bool_or(role in ('SYSTEM', 'OPERATOR', 'PLATFORM')) as has_platform_record
    from {{ ref('stg_tiktok_shop__return_records') }}
    semi join asked using (shop_id, return_id)
    where not is_deleted and len(faults) = 0
    group by shop_id, return_id
),

lines as (
    select
        shop_id,
        return_id,
        list(order_line_id order by order_line_id) as order_line_ids,
        count(*) filter (where not is_sold) as unsold_lines,
        count(*) filter (where is_sold and is_other_sku) as other_sku_lines,
        sum(refund_amount) as lines_amount,
        sum(seller_amount) as seller_amount
    from {{ ref('int_returns__lines') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, return_id
),

items as (
    select
        shop_id,
        return_id,
        cast(sum(units) as bigint) as units,
        {{ listed_units('item', 'units') }} as items
    from {{ ref('int_returns__items') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, return_id
),

{{ portals_of_returns() }},

-- A line that cannot be read is in quarantine, and its return with it.
unreadable as (
    select
        shop_id,
        return_id
    from {{ ref('stg_tiktok_shop__return_lines') }}
    semi join asked using (shop_id, return_id)
    where len(faults) > 0
)

select
    returned.shop_id,
    returned.return_id,
    returned.order_id,
    orders.order_id is not null as is_order_known,
    orders.buyer_key,
    coalesce(orders.fulfillment_type, '') = 'FULFILLMENT_BY_TIKTOK' as is_at_tiktok,
    returned.return_type,
    returned.return_status,
    {{ return_stage('returned.return_status') }} as stage,  -- noqa: RF04
    -- What TikTok Shop shipped comes back to its own warehouse.
    returned.return_type <> 'REFUND' and not coalesce(returned.buyer_keeps_item, false) and not is_at_tiktok
        as has_goods,
    returned.requested_by = 'SELLER'
    or coalesce(
        -- Who answered a request has not yet decided on the parcel, which the buyer posts after that.
        answers.seller_at >= if(stage in ('refunding', 'refunded') and has_goods, answers.buyer_at, answers.seller_at),
        false
    )
    or coalesce(returned.refund_amount = returned.partial_refund_amount, false) as is_seen,  -- what was offered
    -- Records that are older than the return do not say who did what changed it.
    coalesce(
        answers.has_platform_record
        and coalesce(answers.read_through >= returned.updated_at, returned.updated_at is null),
        false
    ) as has_platform_record,
    returned.is_quick_refund,
    returned.arbitration_status,
    returned.requested_by,
    returned.reason,
    returned.created_at as requested_at,
    returned.updated_at,
    if(stage = 'refunded', returned.status_updated_at, null) as refunded_at,
    returned.status_observed_at,
    returned.status_updated_at,
    returned.next_action,
    returned.action_due_at,
    returned.shipment_type,
    returned.tracking_number,
    returned.carrier,
    coalesce(items.units, 0) as units,
    coalesce(lines.order_line_ids, []) as order_line_ids,
    coalesce(items.items, []) as items,
    coalesce(lines.unsold_lines, 0) as unsold_lines,
    coalesce(lines.other_sku_lines, 0) as other_sku_lines,
    returned.refund_amount,
    returned.currency,
    cast(lines.lines_amount as decimal(18, 4)) as lines_amount,
    cast(lines.seller_amount as decimal(18, 4)) as seller_amount,
    returned.partial_refund_amount,
    portal.portal,
    coalesce(portal.portal_return_ids, []) as portal_return_ids,
    portal.portal_status,
    coalesce(portal.has_unposted, false) as has_unposted,
    portal.portal_tracking_numbers,
    portal.warehouse_code,
    portal.first_scan_at,
    portal.received_at,
    portal.graded_at,
    coalesce(portal.is_graded, false) as is_graded,
    cast(coalesce(portal.received_units, 0) as bigint) as received_units,
    cast(coalesce(portal.sellable_units, 0) as bigint) as sellable_units,
    cast(coalesce(portal.unsellable_units, 0) as bigint) as unsellable_units,
    cast(coalesce(portal.unannounced_units, 0) as bigint) as unannounced_units,
    cast(coalesce(portal.unknown_grades, 0) as bigint) as unknown_grades,
    coalesce(portal.is_unreadable, false) as is_portal_unreadable,
    portal.graded_lines,
    nullif(portal.announced_items, coalesce(items.items, [])) as announced_otherwise,
    returned.first_observed_at,
    returned.observed_at,
    changes.loaded_through
from asked as returned
left join {{ of_changed(ref('int_returns__changes')) }} as changes
    on returned.shop_id = changes.shop_id and returned.order_id = changes.order_id
left join {{ of_changed(ref('stg_tiktok_shop__orders')) }} as orders
    on returned.shop_id = orders.shop_id and returned.order_id = orders.order_id and not orders.is_deleted
left join answers on returned.shop_id = answers.shop_id and returned.return_id = answers.return_id
left join lines on returned.shop_id = lines.shop_id and returned.return_id = lines.return_id
left join items on returned.shop_id = items.shop_id and returned.return_id = items.return_id
left join portal on returned.shop_id = portal.shop_id and returned.return_id = portal.return_id
anti join unreadable on returned.shop_id = unreadable.shop_id and returned.return_id = unreadable.return_id
