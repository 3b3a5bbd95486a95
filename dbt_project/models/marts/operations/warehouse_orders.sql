{{ config(contract={'enforced': true}) }}

-- Every warehouse order that a fulfilment system holds for an order of TikTok Shop.
select
    warehouse_order_id,
    order_id,
    shop_id,
    system as fulfilment_system,
    location as fulfilment_location,
    warehouse_status,
    accepted_at,
    shipped_at,
    cancelled_at,
    cast(units as bigint) as units,
    to_json(lines) as lines
from {{ ref('int_fulfilments__warehouse_orders') }}
