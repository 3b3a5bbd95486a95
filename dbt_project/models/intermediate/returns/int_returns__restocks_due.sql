-- Sellable units that a portal graded, of which the stock system has to be informed: once per return, and again when
-- the grade became another one.
-- A system that counts what arrives by itself reports it; that is compared in int_returns__restocks.
with due as (
    select * from {{ ref('int_returns__restocks') }}
    where is_ours_to_book and len(differences) > 0
),

-- Bookings of the order under any other name are somebody else's.
of_orders as (
    select
        returned.shop_id,
        returned.order_id,
        list(returned.return_id order by returned.return_id) as return_ids
    from {{ ref('int_returns__returns') }} as returned
    semi join due on returned.shop_id = due.shop_id and returned.order_id = due.order_id
    group by returned.shop_id, returned.order_id
)

select
    due.shop_id,
    due.return_id,
    due.order_id,
    due.system,
    due.location,
    cast(to_json({
        'location': due.location,
        'lines': due.lines,
        'order_id': due.order_id,
        'return_id': due.return_id,
        'returns_of_order': of_orders.return_ids
    }) as varchar) as desired,
    due.blocked_reason
from due
left join of_orders on due.shop_id = of_orders.shop_id and due.order_id = of_orders.order_id
