-- Every line item that a system of ours must ship, split into the units of the items that its warehouse knows.
select
    shop_id,
    order_id,
    order_line_id,
    system,
    location,
    item,
    unit_number
from {{ ref('int_fulfilments__sold') }}
where not is_cancelled
