-- What TikTok Shop says of an order that cannot be: waiting after it confirmed the shipment, or an unknown status.
with drifted as (
    select
        'ORD-11' as code,
        shop_id,
        'order' as entity_type,
        order_id as entity_id,
        max(total_amount) as money_at_risk_amount,
        min(currency) as currency,
        min(ready_to_ship_due_at) as due_at,
        'shipped, as TikTok Shop confirmed' as expected,
        'read since, and still ' || min(order_status) as actual,
        to_json({'parcels': list(parcel_id order by parcel_id)}) as evidence,
        'not followed' as cause,
        min({{ severity_by_clock(2, 'clock_from', 'ready_to_ship_due_at', 'as_of') }}) as severity
    from {{ ref('rec_shipments__advised_vs_tiktok_shop') }}
    where break_reason = 'not_followed'
    group by shop_id, order_id
),

-- One row per value, not per order: it is the contract that has to learn it.
unknown_statuses as (
    select
        'ORD-12' as code,
        shop_id,
        'order_status' as entity_type,
        coalesce(nullif(order_status, ''), 'none') as entity_id,
        cast(sum(coalesce(total_amount, 0)) as decimal(18, 4)) as money_at_risk_amount,
        min(currency) as currency,
        min(ready_to_ship_due_at) as due_at,
        'a documented order status' as expected,
        count(*) || ' orders with this one' as actual,
        to_json({'order_ids': list(order_id order by order_id)[1:20]}) as evidence,
        'status unknown' as cause,
        cast(null as varchar) as severity
    from {{ ref('stg_tiktok_shop__orders') }}
    where
        not is_deleted
        and coalesce(order_status, '') not in (
            'UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION', 'IN_TRANSIT',
            'DELIVERED', 'COMPLETED', 'CANCELLED'
        )
    group by shop_id, coalesce(nullif(order_status, ''), 'none')
)

select * from drifted
union all by name
select * from unknown_statuses
