-- Parcels that have left and cannot be, or were not, passed on to TikTok Shop. One cause is one row: a number or a
-- carrier may be on many parcels.
with breaks as (
    select
        case break_reason
            when 'no_number' then 'FUL-03'
            when 'bad_number' then 'FUL-04'
            when 'other_number' then 'FUL-04'
            when 'no_provider' then 'FUL-05'
            when 'not_sent' then 'FUL-06'
            when 'no_package' then 'FUL-06'
            when 'refused' then 'FUL-07'
        end as code,
        case break_reason
            when 'no_provider' then 'carrier'
            when 'bad_number' then 'tracking_number'
            else 'parcel'
        end as entity_type,
        case break_reason
            when 'no_provider' then system || '/' || carrier
            when 'bad_number' then left_tracking_number
            else parcel_id
        end as entity_id,
        case break_reason
            when 'no_number' then 'a tracking number'
            when 'bad_number' then 'a well-formed tracking number, on one order'
            when 'other_number'
                then coalesce('tracking number ' || nullif(left_tracking_number, ''), 'no number, as in the advice')
            when 'no_provider' then 'a provider of TikTok Shop in carriers.csv'
            when 'not_sent' then 'sent to TikTok Shop within minutes'
            when 'no_package' then 'a package on TikTok Shop that holds its line items, as sent'
            when 'refused' then 'accepted by TikTok Shop'
        end as expected,
        case break_reason
            when 'other_number' then 'TikTok Shop shows ' || array_to_string(right_tracking_numbers, ', ')
            when 'not_sent' then coalesce(nullif(last_error, ''), nullif(held_because, ''), 'not sent')
            when 'no_package' then packed_lines || ' of ' || line_count || ' line items are in a package'
            when 'refused' then coalesce('refused: ' || nullif(last_error, ''), 'refused')
            else held_because
        end as actual,
        *
    from {{ ref('rec_shipments__advised_vs_tiktok_shop') }}
    where break_reason in (
        'no_number', 'bad_number', 'other_number', 'no_provider', 'not_sent', 'refused', 'no_package'
    )
),

-- An order of several parcels is at risk once.
sums as (
    select
        code,
        shop_id,
        entity_type,
        entity_id,
        sum(total_amount) as money_at_risk_amount
    from (
        select distinct
            code,
            shop_id,
            entity_type,
            entity_id,
            order_id,
            total_amount
        from breaks
    ) as orders
    group by all
)

select
    breaks.code,
    breaks.shop_id,
    breaks.entity_type,
    breaks.entity_id,
    cast(max(sums.money_at_risk_amount) as decimal(18, 4)) as money_at_risk_amount,
    min(breaks.currency) as currency,
    min(breaks.ready_to_ship_due_at) as due_at,
    min(breaks.expected) as expected,
    min(breaks.actual) as actual,
    to_json({
        'order_ids': list(distinct breaks.order_id order by breaks.order_id)[1:20],
        'parcels': list(breaks.parcel_id order by breaks.parcel_id)[1:20]
    }) as evidence,
    replace(min(breaks.break_reason), '_', ' ') as cause
from breaks
inner join sums using (code, shop_id, entity_type, entity_id)
group by breaks.code, breaks.shop_id, breaks.entity_type, breaks.entity_id
