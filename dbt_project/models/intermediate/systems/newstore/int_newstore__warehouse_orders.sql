{{ config(contract={'enforced': true}) }}

-- Orders in NewStore from TikTok Shop: what it shows of them, and those that were sent since it was last read.
--
-- A load's id is the instant at which it began, on the clock that stamps what we send; orders are read before stock.
-- What NewStore lists may lag behind what it has taken by a quarter of an hour.
{%- set lag_microseconds = 15 * 60 * 1000000 %}

with orders_read as (
    select coalesce(max(loaded_through), 0) as loaded_through from {{ ref('int_coverage__windows') }}
    where system = 'newstore' and entity = 'orders'
),

-- What was sent before the last reading, and is not in it, is not there.
unread as (
    select sent.*
    from {{ ref('int_fulfilments__sent') }} as sent
    cross join orders_read
    anti join {{ ref('stg_newstore__orders') }} as seen on sent.control_number = seen.newstore_order_id
    where
        sent.system = 'newstore'
        and sent.purpose = 'N'
        and (epoch_us(sent.sent_at) + {{ lag_microseconds }}) * 10 > orders_read.loaded_through
)

select
    order_id,
    warehouse_order_id,
    reference,
    false as is_merged,
    location,
    warehouse_status,
    first_observed_at as accepted_at,
    shipped_at,
    cancelled_at,
    lines,
    first_observed_at,
    observed_at
from {{ ref('int_newstore__orders') }}
where not is_deleted and order_id is not null
union all by name
select
    order_id,
    control_number as warehouse_order_id,
    order_id as reference,
    false as is_merged,
    location,
    'sent' as warehouse_status,
    lines,
    sent_at as first_observed_at,
    sent_at as observed_at
from unread
