{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    site as location,
    sku as item,
    snapshot_id,
    cast(quantities['17'] as bigint) as on_hand_quantity,
    cast(quantities['33'] as bigint) as available_quantity,
    reported_at
from {{ ref('stg_gxo__recent_stock_levels') }}
qualify quantities is distinct from lag(quantities) over (partition by site, sku order by reported_at)
