-- What warehouses were told of each order, and what they said to it: accepted by syntax, refused, or nothing yet.
with sent as (
    select
        shop_id,
        json_extract_string(desired, '$.order_id') as order_id,
        json_extract_string(desired, '$.purpose') as purpose,
        split_part(vendor_id, '/', 1) as control_number,
        max(acknowledged_at) as sent_at
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync in ('gxo__warehouse_orders', 'gxo__cancellations')
    group by all
),

answers as (
    select
        group_control_number as control_number,
        arg_max(status, observed_at) as status,
        max(observed_at) as answered_at
    from {{ ref('stg_gxo__acknowledgements') }}
    where functional_id in ('OW', 'TA1')
    group by group_control_number
)

select
    sent.shop_id,
    sent.order_id,
    sent.purpose,
    sent.control_number,
    sent.sent_at,
    answers.status as answer,
    answers.answered_at
from sent
left join answers on sent.control_number = answers.control_number
