{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- What GXO received of returns: under a return's id, or where it should be and is not. Other receipts are purchases.
select
    movement_id as receipt_id,
    coalesce(reference, '') as return_reference,
    site as location,
    sku as item,
    cast(quantity as bigint) as units,
    cast(available_change as bigint) as good_units,
    reported_at,
    loaded_through
from {{ ref('stg_gxo__stock_movements') }}
where
    movement_type = 'receipt'
    and (has_return_reference or reference is null or {{ is_channel_number('reference') }})
