{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- All nodes of a location are read at once; an item counts in each of them.
with readings as (
    select
        places.location,
        taken.as_of,
        cast(sum(taken.sku_count) as integer) as sku_count,
        cast(sum(taken.zero_count) as integer) as zero_count,
        max(taken.observed_at) as observed_at
    from {{ ref('int_newstore__places') }} as places
    inner join {{ ref('stg_newstore__stock_readings') }} as taken on places.node_id = taken.node_id
    group by places.location, places.node_count, taken.as_of
    having count(*) = places.node_count
)

select
    location,
    strftime(as_of, '%Y-%m-%dT%H:%M:%SZ') as snapshot_id,
    as_of,
    sku_count as item_count,
    lag(sku_count) over taken as previous_item_count,
    zero_count,
    lag(zero_count) over taken as previous_zero_count,
    observed_at
from readings
window taken as (partition by location order by as_of)
