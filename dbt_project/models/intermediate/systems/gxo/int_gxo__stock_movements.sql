{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with shipped as (
    select
        shipment_id,
        site,
        order_id,
        first_observed_at,
        shipped_on,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
)

select
    site as location,
    sku as item,
    movement_type,
    movement_id,
    cast(null as varchar) as order_id,
    reason_code,
    -- AY: receipt error; 04: receipt less than reported (fact sheet gxo 8).
    reason_code in ('AY', '04') as is_receipt_error,
    cast(on_hand_change as bigint) as on_hand_change,
    cast(available_change as bigint) as available_change,
    day_starts_at,
    reported_at
from {{ ref('stg_gxo__stock_movements') }}
union all
-- What left was promised before, so that it was not available.
select
    site as location,
    line.sku as item,
    'shipment' as movement_type,
    shipment_id as movement_id,
    order_id,
    '' as reason_code,
    false as is_receipt_error,
    cast(-sum(line.shipped) as bigint) as on_hand_change,
    cast(0 as bigint) as available_change,
    cast(shipped_on as timestamptz) as day_starts_at,
    first_observed_at as reported_at
from shipped
where line.shipped > 0
group by all
