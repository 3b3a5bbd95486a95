-- Orders that did not get, into the system that ships them, as they should have. One row per order: of several ways in
-- which the two sides differ, the reconciliation names the one that explains the others.
with breaks as (
    select
        *,
        coalesce(system, 'the warehouse') as holder,
        coalesce(nullif(held_because, ''), nullif(last_error, '')) as reported
    from {{ ref('rec_orders__tiktok_shop_vs_fulfilment') }}
),

named as (
    select
        *,
        case break_reason
            when 'not_accepted' then 'ORD-01'
            when 'refused' then 'ORD-02'
            when 'not_released' then 'ORD-03'
            when 'no_address' then 'ORD-04'
            when 'doubled' then 'ORD-05'
            when 'contents' then 'ORD-06'
            when 'other_reference' then 'ORD-06'
            when 'too_early' then 'ORD-08'
            when 'other_fulfiller' then 'ORD-10'
            when 'other_place' then 'ORD-10'
            when 'orphan' then 'ORD-15'
        end as code
    from breaks
)

select
    code,
    shop_id,
    'order' as entity_type,
    order_id as entity_id,
    coalesce(total_amount, 0) as money_at_risk_amount,
    coalesce(currency, '') as currency,
    ready_to_ship_due_at as due_at,
    case break_reason
        when 'not_accepted' then 'accepted by ' || holder || ' soon after its release'
        when 'refused' then 'accepted by ' || holder
        when 'not_released' then 'free to be picked in ' || holder
        when 'no_address' then 'a complete delivery address'
        when 'doubled' then 'one warehouse order'
        when 'contents' then left_contents
        when 'other_reference' then 'reference ' || order_id || ' on the warehouse order that was made for it'
        when 'other_place' then 'shipped from ' || left_place
        when 'too_early' then 'sent once TikTok Shop has released it'
        when 'other_fulfiller' then 'shipped by TikTok Shop from its own warehouse'
        when 'orphan' then 'an order of this number on TikTok Shop'
    end as expected,
    case break_reason
        when 'not_accepted' then coalesce(reported, if(warehouse_status = 'sent', 'sent, and no answer', 'not sent'))
        when 'refused' then coalesce('refused: ' || reported, 'refused as unreadable')
        when 'not_released' then 'parked, locked or on hold there'
        when 'no_address' then coalesce(reported, 'a part of the address is missing')
        when 'doubled'
            then active_warehouse_orders || ' warehouse orders: ' || right_units || ' units, ordered ' || left_units
        when 'contents' then right_contents
        when 'other_reference' then 'reference ' || other_reference
        when 'other_place' then 'open in ' || array_to_string(other_places, ', ')
        when 'too_early' then 'sent while the order is ' || order_status
        when 'other_fulfiller' then 'sent to ' || holder
        when 'orphan' then 'only ' || holder || ' knows it: ' || right_contents
    end as actual,
    to_json({
        'system': system, 'location': location, 'warehouse_orders': warehouse_order_ids,
        'warehouse_status': warehouse_status,
        'order_status': order_status, 'intent_state': intent_state
    }) as evidence,
    replace(break_reason, '_', ' ') as cause,
    if(
        code in ('ORD-04', 'ORD-06'), {{ severity_by_clock(2, 'clock_from', 'ready_to_ship_due_at', 'as_of') }}, null
    ) as severity
from named
where code is not null
union all by name
-- One missing row of a map may hold many orders.
select
    'ORD-01' as code,
    shop_id,
    'service' as entity_type,
    shipping_type as entity_id,
    cast(sum(total_amount) as decimal(18, 4)) as money_at_risk_amount,
    min(currency) as currency,
    min(ready_to_ship_due_at) as due_at,
    'a service for shipping type ' || shipping_type || ' in services.csv' as expected,
    count(*) || ' released orders wait for it' as actual,
    to_json({'order_ids': list(order_id order by order_id)[1:20]}) as evidence,
    'no service' as cause
from breaks
where break_reason = 'no_service'
group by shop_id, shipping_type
