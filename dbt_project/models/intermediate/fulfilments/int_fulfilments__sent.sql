-- The messages sent to fulfilment systems for each order, and the answers: accepted, refused, or nothing yet.
with syncs as (
    select
        system,
        answers_at_once,
        unnest([order_sync, cancellation_sync]) as sync
    from {{ ref('int_systems') }}
),

sent as (
    select
        acknowledged.shop_id,
        syncs.system,
        syncs.answers_at_once,
        json_extract_string(acknowledged.desired, '$.order_id') as order_id,
        json_extract_string(acknowledged.desired, '$.purpose') as purpose,
        split_part(acknowledged.vendor_id, '/', 1) as control_number,
        arg_max(
            from_json(acknowledged.desired -> '$.lines', '[{"sku": "VARCHAR", "quantity": "INTEGER"}]'),
            acknowledged.acknowledged_at
        ) as lines,
        arg_max(
            coalesce(
                json_extract_string(acknowledged.desired, '$.site'),
                json_extract_string(acknowledged.desired, '$.location')
            ),
            acknowledged.acknowledged_at
        ) as location,
        max(acknowledged.acknowledged_at) as sent_at,
        max(acknowledged.loaded_through) as loaded_through
    from {{ ref('stg_tieout__acknowledgements') }} as acknowledged
    inner join syncs on acknowledged.sync = syncs.sync
    group by all
)

-- A system answers with a file of its own, or on the spot, with the id of what it saved or cancelled.
select
    sent.shop_id,
    sent.system,
    sent.order_id,
    sent.purpose,
    sent.control_number,
    sent.location,
    sent.lines,
    sent.sent_at,
    if(sent.answers_at_once, 'A', answers.status) as answer,
    if(sent.answers_at_once, sent.sent_at, answers.answered_at) as answered_at,
    sent.loaded_through
from sent
left join {{ ref('int_fulfilments__answers') }} as answers
    on sent.system = answers.system and sent.control_number = answers.control_number
