{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Goods that GXO received under somebody's number: of a return that is its id.
select
    movement_id as receipt_id,
    reference as return_reference,
    site as location,
    sku as item,
    cast(quantity as bigint) as units,
    cast(available_change as bigint) as good_units,
    reported_at,
    loaded_through
from {{ ref('stg_gxo__stock_movements') }}
where movement_type = 'receipt' and reference is not null
