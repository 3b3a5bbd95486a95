-- Orders in Linnworks from TikTok Shop: what it shows of them, and what it was sent since it was last read.
with contents as (
    select
        order_id,
        list({'sku': sku, 'quantity': quantity} order by sku) as lines
    from (
        select
            order_id,
            sku,
            cast(sum(quantity) as integer) as quantity
        from {{ ref('stg_linnworks__order_lines') }}
        where not is_service
        group by order_id, sku
    ) as items
    group by order_id
),

-- A load's id is the instant at which it began, on the clock that stamps what we send. Coverage is loaded at the end
-- of a cycle, stock after the orders: the older of both is from before the last complete reading of the orders.
orders_read as (
    select max(loaded_through) as loaded_through from {{ ref('int_coverage__windows') }}
    where system = 'linnworks' and entity = 'orders'
),

stock_read as (
    select max(loaded_through) as loaded_through from {{ ref('stg_linnworks__stock_snapshots') }}
),

last_read as (
    select least(orders_read.loaded_through, stock_read.loaded_through) as loaded_through
    from orders_read
    cross join stock_read
),

-- What was sent before the last reading, and is not in it, is not there.
unread as (
    select sent.*
    from {{ ref('int_fulfilments__sent') }} as sent
    cross join last_read
    anti join {{ ref('stg_linnworks__orders') }} as seen on sent.control_number = seen.order_id
    where
        sent.system = 'linnworks'
        and sent.purpose = 'N'
        and epoch_us(sent.sent_at) * 10 > coalesce(last_read.loaded_through, 0)
)

select
    'linnworks' as system,
    orders.reference as order_id,
    orders.order_id as document_id,
    locations.location,
    case
        when orders.is_cancelled then 'cancelled'
        when orders.is_processed then 'shipped'
        when orders.is_parked or orders.is_locked or orders.is_on_hold or not orders.is_paid then 'held'
        when orders.is_picking then 'picking'
        else 'accepted'
    end as document_status,
    orders.first_observed_at as accepted_at,
    orders.processed_at as shipped_at,
    orders.cancelled_at,
    coalesce(contents.lines, []) as lines,
    orders.first_observed_at,
    orders.observed_at
from {{ ref('stg_linnworks__orders') }} as orders
left join contents on orders.order_id = contents.order_id
left join {{ ref('stg_linnworks__locations') }} as locations on orders.location_id = locations.location_id
where orders.source = 'TIKTOK' and not orders.is_deleted
union all by name
select
    system,
    order_id,
    control_number as document_id,
    location,
    'sent' as document_status,
    lines,
    sent_at as first_observed_at,
    sent_at as observed_at
from unread
