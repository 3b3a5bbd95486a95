{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    site as location,
    sku as item,
    coalesce(on_hand_quantity, available_quantity + on_hold_quantity) as on_hand_quantity,
    on_hold_quantity,
    coalesce(available_quantity, on_hand_quantity - on_hold_quantity) as available_quantity,
    snapshot_id,
    as_of,
    observed_at
from {{ ref('stg_gxo__stock_levels') }}
