{{ config(contract={'enforced': true}) }}

-- Units that came back to tills. One of an order that NewStore does not know is blind: the number of its receipt is the
-- order's then. Whether there is such an order, TikTok Shop's records say.
select
    returns.till_return_id,
    items.till_line_id,
    case
        when returns.is_blind then returns.receipt
        else coalesce(orders.order_id, returns.external_order_id)
    end as order_id,
    split_part(items.external_item_id, '-', 1) as order_line_id,
    returns.node_id as location,
    items.product_id as item,
    cast(items.quantity as bigint) as units,
    items.condition_code,
    items.item_condition as condition,  -- noqa: RF04
    items.return_reason as reason,
    items.refund_amount as worth_amount,
    returns.paid_amount,
    returns.currency,
    returns.returned_at,
    returns.loaded_through
from {{ ref('stg_newstore__returns') }} as returns
inner join {{ ref('stg_newstore__return_items') }} as items on returns.till_return_id = items.till_return_id
left join {{ ref('int_newstore__orders') }} as orders on returns.newstore_order_id = orders.warehouse_order_id
where not returns.is_deleted and len(returns.faults) = 0 and len(items.faults) = 0
