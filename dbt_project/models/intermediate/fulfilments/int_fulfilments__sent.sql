-- The messages sent to fulfilment systems for each order, and the answers: accepted, refused, or nothing yet.
with sent as (
    select
        shop_id,
        split_part(sync, '__', 1) as system,
        json_extract_string(desired, '$.order_id') as order_id,
        json_extract_string(desired, '$.purpose') as purpose,
        split_part(vendor_id, '/', 1) as control_number,
        arg_max(
            from_json(desired -> '$.lines', '[{"sku": "VARCHAR", "quantity": "INTEGER"}]'), acknowledged_at
        ) as lines,
        arg_max(
            coalesce(json_extract_string(desired, '$.site'), json_extract_string(desired, '$.location')),
            acknowledged_at
        ) as location,
        max(acknowledged_at) as sent_at,
        max(loaded_through) as loaded_through
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync in ('gxo__warehouse_orders', 'gxo__cancellations', 'linnworks__orders', 'linnworks__cancellations')
    group by all
),

-- GXO answers with a file of its own; Linnworks on the spot, with the id of the order that it saved or cancelled. A TA1
-- speaks of the envelope alone: it answers where it refuses and no 997 has checked what was inside.
answers as (
    select
        group_control_number as control_number,
        coalesce(
            arg_max(status, observed_at) filter (where functional_id = 'OW'), arg_max(status, observed_at)
        ) as status,
        max(observed_at) as answered_at
    from {{ ref('stg_gxo__acknowledgements') }}
    where functional_id = 'OW' or (functional_id = 'TA1' and status = 'R')
    group by group_control_number
)

select
    sent.shop_id,
    sent.system,
    sent.order_id,
    sent.purpose,
    sent.control_number,
    sent.location,
    sent.lines,
    sent.sent_at,
    if(sent.system = 'linnworks', 'A', answers.status) as answer,
    if(sent.system = 'linnworks', sent.sent_at, answers.answered_at) as answered_at,
    sent.loaded_through
from sent
left join answers on sent.system = 'gxo' and sent.control_number = answers.control_number
