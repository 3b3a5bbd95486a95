-- Sellable units that a portal graded, of which the stock system has to be informed: once per return.
-- A system that counts what arrives by itself reports it; that is compared in int_returns__restocks.
select
    shop_id,
    return_id,
    order_id,
    system,
    location,
    cast(to_json({
        'location': location,
        'lines': lines,
        'order_id': order_id,
        'return_id': return_id
    }) as varchar) as desired,
    blocked_reason
from {{ ref('int_returns__restocks') }}
where is_ours_to_book and booked_units is null
