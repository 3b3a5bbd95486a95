{{ config(contract={'enforced': true}) }}

-- Every cancellation on TikTok Shop, and what we answered.
with answered as (
    select
        shop_id,
        entity_key as cancel_id,
        max(acknowledged_at) as answered_at,
        arg_max(json_extract_string(desired, '$.answer'), acknowledged_at) as answer
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__cancellation_answers'
    group by shop_id, entity_key
)

select
    cancellations.cancel_id,
    cancellations.order_id,
    cancellations.shop_id,
    cancellations.cancel_status as status,
    cancellations.cancel_type,
    cancellations.role as asked_by,
    cancellations.reason,
    len(cancellations.line_ids) as line_count,
    cancellations.replenishes_stock,
    cancellations.requested_at,
    cancellations.answer_due_at,
    answered.answer,
    answered.answered_at
from {{ ref('stg_tiktok_shop__cancellations') }} as cancellations
left join answered on cancellations.shop_id = answered.shop_id and cancellations.cancel_id = answered.cancel_id
where not cancellations.is_deleted
