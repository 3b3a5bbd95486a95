{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    site as location,
    snapshot_id,
    as_of,
    sku_count as item_count,
    lag(sku_count) over taken as previous_item_count,
    zero_count,
    lag(zero_count) over taken as previous_zero_count,
    observed_at
from {{ ref('stg_gxo__stock_snapshots') }}
window taken as (partition by site order by as_of, snapshot_id)
