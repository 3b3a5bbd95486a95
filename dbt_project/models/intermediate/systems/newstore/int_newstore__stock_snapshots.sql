{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- All nodes of a location are read at once; an item counts in each of them. Counts of what has changed go on from the
-- reading before. If that one is not believed, they prove nothing, and are measured as it was until all is read again.
with readings as (
    select
        places.location,
        taken.as_of,
        cast(sum(taken.sku_count) as integer) as sku_count,
        cast(sum(taken.zero_count) as integer) as zero_count,
        bool_and(taken.is_whole) as is_whole,
        max(taken.observed_at) as observed_at
    from {{ ref('int_newstore__places') }} as places
    inner join {{ ref('stg_newstore__stock_readings') }} as taken on places.node_id = taken.node_id
    group by places.location, places.node_count, taken.as_of
    having count(*) = places.node_count
),

measured as (
    select
        *,
        lag(sku_count) over taken as before_sku_count,
        lag(zero_count) over taken as before_zero_count
    from readings
    window taken as (partition by location order by as_of)
),

doubted as (
    select
        measured.*,
        if(
            {{ names_too_few_items('sku_count', 'before_sku_count') }}
            or {{ has_too_many_at_zero('zero_count / nullif(sku_count, 0)',
                                       'before_zero_count / nullif(before_sku_count, 0)') }},
            as_of, null
        ) as doubted_at
    from measured
    cross join {{ ref('stg_config__stock') }}
),

marked as (
    select
        *,
        last_value(doubted_at ignore nulls) over taken
        >= max(as_of) filter (where is_whole) over taken as is_unproven,
        last_value(if(doubted_at is null, null, before_sku_count) ignore nulls) over taken as last_sku_count,
        last_value(if(doubted_at is null, null, before_zero_count) ignore nulls) over taken as last_zero_count
    from doubted
    window taken as (partition by location order by as_of)
)

select
    location,
    strftime(as_of, '%Y-%m-%dT%H:%M:%SZ') as snapshot_id,
    as_of,
    sku_count as item_count,
    if(is_unproven, last_sku_count, before_sku_count) as previous_item_count,
    zero_count,
    if(is_unproven, last_zero_count, before_zero_count) as previous_zero_count,
    observed_at
from marked
