{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([ref('stg_tiktok_shop__order_readings')], 'shop_id, order_id', stamp=load_sequence('load_id')) }}"
    )
}}

-- Every order that was ever read, and where it is accounted for by what it says itself. One row per order; `place` is
-- null, and `reason` says why, where it would be in no comparison at all.
with read as (
    select
        shop_id,
        order_id,
        max(loaded_through) as loaded_through
    from {{ ref('stg_tiktok_shop__order_readings') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, order_id
),

lines as (
    select
        lines.shop_id,
        lines.order_id,
        count(*) as line_count,
        count(*) filter (where lines.line_status is distinct from 'CANCELLED') as active_lines,
        count(distinct lines.order_line_id) as line_ids,
        bool_or(len(lines.faults) > 0) as is_damaged
    from {{ ref('stg_tiktok_shop__order_lines') }} as lines
    semi join read on lines.shop_id = read.shop_id and lines.order_id = read.order_id
    group by lines.shop_id, lines.order_id
),

staged as (
    select orders.*
    from {{ ref('stg_tiktok_shop__orders') }} as orders
    semi join read on orders.shop_id = read.shop_id and orders.order_id = read.order_id
),

-- TikTok Shop shows the label of its own before the parcel has left.
classified as (
    select
        read.shop_id,
        read.order_id,
        staged.order_status,
        staged.warehouse_id,
        staged.fulfillment_type,
        coalesce(staged.total_amount, 0) as total_amount,
        coalesce(staged.currency, '') as currency,
        staged.ready_to_ship_due_at,
        staged.order_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING')
        or (staged.order_status = 'AWAITING_COLLECTION' and staged.shipping_type = 'TIKTOK') as is_to_ship,
        case
            when staged.order_id is null then 'it was read, and nothing reads it on'
            when staged.is_deleted and coalesce(staged.order_status, '') not in ('CANCELLED', 'UNPAID')
                then 'TikTok Shop no longer has it, last as ' || coalesce(staged.order_status, '(no status)')
            when staged.is_deleted or len(staged.faults) > 0 or lines.is_damaged then ''
            when lines.order_id is null then 'it has no line'
            when lines.line_ids < lines.line_count then 'two of its lines have one id'
            when lines.active_lines = 0 and coalesce(staged.order_status, '') <> 'CANCELLED'
                then 'all of its lines are cancelled, and it is ' || coalesce(staged.order_status, '(no status)')
            else ''
        end as reason,
        case
            when staged.is_deleted then 'removed'
            when len(staged.faults) > 0 or lines.is_damaged then 'quarantined'
            when staged.order_status = 'CANCELLED' then 'cancelled'
            when staged.order_status in ('UNPAID', 'ON_HOLD') then 'not_released'
            when staged.fulfillment_type = 'FULFILLMENT_BY_TIKTOK' then 'shipped_by_tiktok'
            when is_to_ship then 'to_ship'
            when staged.order_status in ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED') then 'shipped'
            else 'status_unknown'
        end as own_place,
        read.loaded_through
    from read
    left join staged on read.shop_id = staged.shop_id and read.order_id = staged.order_id
    left join lines on read.shop_id = lines.shop_id and read.order_id = lines.order_id
)

select
    shop_id,
    order_id,
    if(reason = '', own_place, null) as place,
    reason,
    order_status,
    warehouse_id,
    fulfillment_type,
    total_amount,
    currency,
    ready_to_ship_due_at,
    loaded_through
from classified
