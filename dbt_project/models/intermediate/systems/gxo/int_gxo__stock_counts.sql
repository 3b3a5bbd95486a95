{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    latest.site as location,
    latest.sku as item,
    opening.opened_at,
    opening.opening_quantity,
    latest.as_of,
    latest.on_hand_quantity,
    latest.snapshot_id
from {{ ref('stg_gxo__stock_levels') }} as latest
inner join {{ ref('stg_gxo__opening_stock_levels') }} as opening using (stock_level_id)
where latest.on_hand_quantity is not null and opening.is_counted
