{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    location,
    strftime(as_of, '%Y-%m-%dT%H:%M:%SZ') as snapshot_id,
    as_of,
    sku_count as item_count,
    lag(sku_count) over taken as previous_item_count,
    zero_count,
    lag(zero_count) over taken as previous_zero_count,
    observed_at
from {{ ref('stg_netsuite__stock_readings') }}
window taken as (partition by location order by as_of)
