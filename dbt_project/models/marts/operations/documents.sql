{{ config(contract={'enforced': true}) }}

-- Every document that a fulfilment system holds for an order of TikTok Shop.
select
    document_id,
    order_id,
    shop_id,
    system as fulfilment_system,
    location as fulfilment_location,
    document_status,
    accepted_at,
    shipped_at,
    cancelled_at,
    cast(units as bigint) as units,
    to_json(lines) as lines
from {{ ref('int_fulfilments__documents') }}
