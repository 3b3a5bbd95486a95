-- Units that came back to tills beside the units that were sold: that of the line which the till named, else another
-- of the same item that has not come back. One that the order does not have is of none. One row per unit.
with taken as (
    select
        *,
        unnest(range(1, units + 1)) as copy_number
    from {{ ref('int_returns__at_tills') }}
    where units > 0
),

named as (
    select distinct
        order_id,
        order_line_id
    from taken
    where order_line_id is not null
),

returned as (
    select
        *,
        row_number() over (
            partition by order_id, item
            order by order_line_id nulls last, returned_at, till_return_id, till_line_id, copy_number
        ) as place_number
    from taken
),

-- The lines that tills named come first, in the same order.
sold as (
    select
        units.shop_id,
        units.order_id,
        units.order_line_id,
        units.item,
        row_number() over (
            partition by units.order_id, units.item
            order by named.order_line_id is null, units.order_line_id, units.unit_number
        ) as place_number
    from {{ ref('int_fulfilments__sold') }} as units
    semi join taken on units.order_id = taken.order_id
    left join named on units.order_id = named.order_id and units.order_line_id = named.order_line_id
    where not units.is_cancelled
)

select
    returned.system,
    returned.till_return_id,
    returned.till_line_id,
    returned.copy_number,
    orders.shop_id,
    returned.order_id,
    orders.order_id is not null as is_order_known,
    sold.order_line_id,
    returned.location,
    returned.item,
    returned.condition_code,
    returned.condition,
    returned.reason,
    returned.worth_amount,
    returned.paid_amount,
    returned.currency,
    returned.returned_at,
    returned.loaded_through
from returned
left join {{ ref('stg_tiktok_shop__orders') }} as orders
    on returned.order_id = orders.order_id and not orders.is_deleted
left join sold
    on
        returned.order_id = sold.order_id
        and returned.item = sold.item
        and returned.place_number = sold.place_number
qualify row_number() over (
    partition by returned.system, returned.till_return_id, returned.till_line_id, returned.copy_number
    order by sold.order_line_id is null, orders.shop_id
) = 1
