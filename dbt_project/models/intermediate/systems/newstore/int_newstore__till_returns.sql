{{ config(contract={'enforced': true}) }}

-- Units that came back to tills. One of an order that NewStore does not know is blind: the number of its receipt is the
-- order's then. Whether there is such an order, TikTok Shop's records say.
select
    taken.till_return_id,
    items.till_line_id,
    case
        when taken.is_blind then taken.receipt
        else coalesce(orders.order_id, taken.external_order_id)
    end as order_id,
    split_part(items.external_item_id, '-', 1) as order_line_id,
    taken.node_id as location,
    items.product_id as item,
    cast(items.quantity as bigint) as units,
    items.condition_code,
    items.item_condition as condition,  -- noqa: RF04
    items.return_reason as reason,
    items.refund_amount as worth_amount,
    taken.paid_amount,
    taken.currency,
    taken.returned_at,
    taken.loaded_through
from {{ ref('stg_newstore__returns') }} as taken
inner join {{ ref('stg_newstore__return_items') }} as items on taken.till_return_id = items.till_return_id
left join {{ ref('int_newstore__orders') }} as orders on taken.newstore_order_id = orders.warehouse_order_id
where not taken.is_deleted and len(taken.faults) = 0 and len(items.faults) = 0
