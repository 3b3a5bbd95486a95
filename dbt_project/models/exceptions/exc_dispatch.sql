-- Orders on their way out, and the clocks of their dispatch. One row per order. An order whose delay another row
-- explains has no second row for being late.
with compared as (
    select
        *,
        order_status in ('AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING') as is_waiting,
        as_of >= right_seen_at + interval 1 hour as is_advised_for_an_hour,
        as_of >= clock_from + (ready_to_ship_due_at - clock_from) / 2 as is_half_run,
        order_status = 'AWAITING_COLLECTION'
        and as_of >= clock_from + (in_transit_due_at - clock_from) * 4 / 5 as is_scan_due
    from {{ ref('rec_orders__tiktok_shop_vs_fulfilment') }}
    where
        break_reason in (
            '', 'no_label', 'other_shipping_model', 'not_shipped_there', 'shipped_short', 'packed_otherwise', 'merged'
        )
),

parcels as (
    select
        shop_id,
        order_id,
        bool_or(break_reason <> '') as is_explained
    from {{ ref('rec_shipments__advised_vs_tiktok_shop') }}
    group by shop_id, order_id
),

packed as (
    select
        shop_id,
        package_id,
        unnest(order_line_ids) as order_line_id
    from {{ ref('stg_tiktok_shop__packages') }}
    where not is_deleted and package_status is distinct from 'CANCELLED'
),

packed_twice as (
    select
        shop_id,
        order_line_id,
        list_sort(list(distinct package_id)) as package_ids
    from packed
    group by shop_id, order_line_id
    having count(distinct package_id) > 1
),

doubled as (
    select
        lines.shop_id,
        lines.order_id,
        count(*) as line_count
    from packed_twice
    inner join {{ ref('stg_tiktok_shop__order_lines') }} as lines
        on packed_twice.shop_id = lines.shop_id and packed_twice.order_line_id = lines.order_line_id
    where coalesce(lines.line_status, '') not in ('CANCELLED', 'DELIVERED', 'COMPLETED')
    group by lines.shop_id, lines.order_id
),

classified as (
    select
        compared.*,
        case
            when compared.break_reason = 'no_label' then 'FUL-08'
            when compared.break_reason = 'other_shipping_model' then 'FUL-09'
            when compared.break_reason = 'not_shipped_there' then 'FUL-13'
            when doubled.order_id is not null then 'FUL-10'
            when compared.break_reason in ('shipped_short', 'packed_otherwise', 'merged') then 'FUL-10'
            when compared.has_other_code or coalesce(parcels.is_explained, false) then ''
            when compared.is_waiting and compared.warehouse_status = 'shipped' and compared.open_warehouse_orders = 0
                -- The parcel's own row says when it will be sent, unless none of what has left is in the order.
                then if(parcels.order_id is null and compared.is_advised_for_an_hour, 'FUL-10', '')
            when compared.is_waiting and compared.as_of >= compared.ready_to_ship_due_at then 'FUL-02'
            when compared.is_waiting and compared.is_half_run then 'FUL-01'
            when compared.is_scan_due and compared.active_warehouse_orders > 0 then 'FUL-11'
            else ''
        end as code,
        doubled.line_count as doubled_lines
    from compared
    left join parcels on compared.shop_id = parcels.shop_id and compared.order_id = parcels.order_id
    left join doubled on compared.shop_id = doubled.shop_id and compared.order_id = doubled.order_id
)

select
    code,
    shop_id,
    'order' as entity_type,
    order_id as entity_id,
    total_amount as money_at_risk_amount,
    currency,
    if(order_status = 'AWAITING_COLLECTION', in_transit_due_at, ready_to_ship_due_at) as due_at,
    case code
        when 'FUL-08' then 'a label of TikTok Shop, with its number'
        when 'FUL-09' then 'a label of TikTok Shop'
        when 'FUL-10' then 'each line item in exactly one parcel'
        when 'FUL-11' then 'scanned by the carrier by ' || strftime(in_transit_due_at, '%Y-%m-%d %H:%M') || ' UTC'
        when 'FUL-13' then 'shipped: TikTok Shop says ' || order_status
        else 'handed over by ' || strftime(ready_to_ship_due_at, '%Y-%m-%d %H:%M') || ' UTC'
    end as expected,
    case
        when code = 'FUL-08' then coalesce(nullif(label_error, ''), held_because)
        when code = 'FUL-09' or break_reason = 'packed_otherwise' then held_because
        when break_reason = 'merged' then 'merged into warehouse order ' || merged_into || ', and leaves in its parcel'
        when code = 'FUL-10' and doubled_lines is not null then doubled_lines || ' line items are in several packages'
        when code = 'FUL-10' and warehouse_status = 'shipped' then 'what has left is not what was ordered'
        when code = 'FUL-10' then 'the warehouse shipped less and closed it'
        when code = 'FUL-11' and open_warehouse_orders = 0 then 'no scan yet'
        else coalesce(system || ' has it as ' || warehouse_status, 'no warehouse has it')
    end as actual,
    to_json({
        'system': system, 'location': location, 'warehouse_orders': warehouse_order_ids,
        'warehouse_status': warehouse_status,
        'order_status': order_status, 'paid_at': clock_from, 'cancels_at': cancels_at
    }) as evidence,
    case code
        when 'FUL-01' then 'clock running'
        when 'FUL-02' then 'clock passed'
        when 'FUL-11' then 'no scan'
        else coalesce(replace(nullif(break_reason, ''), '_', ' '), 'lines and parcels')
    end as cause,
    case code
        when 'FUL-01' then {{ severity_by_clock(3, 'clock_from', 'ready_to_ship_due_at', 'as_of') }}
        when 'FUL-10' then {{ severity_by_clock(2, 'clock_from', 'ready_to_ship_due_at', 'as_of') }}
    end as severity
from classified
where code <> ''
