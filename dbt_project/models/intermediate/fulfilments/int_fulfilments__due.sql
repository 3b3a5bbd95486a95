-- Orders that a system of ours must ship and was not told of yet, with what forbids telling it.
select
    shop_id,
    order_id,
    system,
    shipping_type,
    order_status,
    blocked_reason
from {{ ref('int_fulfilments__gxo_due') }}
union all
select
    shop_id,
    order_id,
    system,
    shipping_type,
    order_status,
    blocked_reason
from {{ ref('int_fulfilments__linnworks_due') }}
