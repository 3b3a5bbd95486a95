-- Parcels that a warehouse says have left against what TikTok Shop knows of them. One row per parcel. `break_reason`
-- names the one way in which they differ, the first that holds; '' when they agree, or nothing is due yet.
with clock as (
    select
        shop_id,
        max(window_to) as as_of
    from {{ ref('int_coverage__windows') }}
    where system = 'tiktok_shop' and entity = 'orders'
    group by shop_id
),

parcels as (
    select
        *,
        {{ joined_key(['shipment_id', 'carton_number']) }} as parcel_id
    from {{ ref('int_shipments__cartons') }}
),

compared as (
    select
        parcels.shop_id,
        parcels.parcel_id,
        parcels.order_id,
        parcels.system,
        parcels.carrier,
        parcels.tracking_number as left_tracking_number,
        sent.tracking_numbers as right_tracking_numbers,
        parcels.shipped_on,
        parcels.advised_at,
        sent.line_count,
        sent.waiting_lines,
        sent.packed_lines,
        sent.is_due,
        sent.held_because,
        left(sent.held_because, 6) as held_code,
        sent.intent_state,
        sent.last_error,
        sent.is_read_since_sent,
        sent.is_package_read_since_sent,
        sent.is_read_since_advised and clock.as_of >= parcels.advised_at + interval 5 minute as is_overdue,
        orders.order_status,
        orders.is_cancel_requested,
        coalesce(orders.total_amount, 0) as total_amount,
        orders.currency,
        coalesce(orders.paid_at, orders.created_at) as clock_from,
        orders.ready_to_ship_due_at,
        clock.as_of
    from parcels
    inner join {{ ref('int_shipments__tracking_reconciled') }} as sent
        on parcels.shop_id = sent.shop_id and parcels.parcel_id = sent.parcel_id
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on parcels.shop_id = orders.shop_id and parcels.order_id = orders.order_id
    left join clock on parcels.shop_id = clock.shop_id
),

classified as (
    select
        *,
        case
            when order_status = 'CANCELLED' then ''
            when is_due and held_code = 'FUL-03' then 'no_number'
            when is_due and held_code = 'FUL-04' then 'bad_number'
            when is_due and held_code = 'FUL-05' then 'no_provider'
            -- TikTok Shop takes no shipment while its buyer waits for an answer, which is reported for the request.
            when is_due and is_cancel_requested then ''
            when is_due and intent_state in ('rejected', 'dead') then 'refused'
            when is_due and intent_state = 'unknown' then ''
            when is_due then if(is_overdue, 'not_sent', '')
            when is_read_since_sent and waiting_lines > 0 then 'not_followed'
            -- It was in a package once.
            when
                is_package_read_since_sent and packed_lines < line_count
                and order_status not in ('DELIVERED', 'COMPLETED')
                then 'no_package'
            when packed_lines = line_count and not list_contains(right_tracking_numbers, left_tracking_number)
                then if(is_overdue and as_of >= advised_at + interval 1 hour, 'other_number', '')
            else ''
        end as break_reason
    from compared
)

select
    *,
    case
        when
            break_reason = 'bad_number'
            and count(distinct order_id) over (partition by shop_id, left_tracking_number) > 1
            then 'duplicate_key'
        when order_status = 'CANCELLED' or (is_due and is_cancel_requested and break_reason = '') then 'accepted'
        when break_reason in ('no_number', 'bad_number', 'no_provider', 'refused', 'not_sent') then 'missing_right'
        when break_reason <> '' then 'mismatched'
        when is_due or waiting_lines > 0 then 'in_transit'
        else 'matched'
    end as status
from classified
