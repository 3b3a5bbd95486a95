{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with reports as (
    select
        location,
        snapshot_id,
        as_of,
        cast(len(lines) as integer) as item_count,
        cast(len(list_filter(lines, lambda line: line.on_hand = 0)) as integer) as zero_count,
        observed_at
    from {{ ref('stg_shelfwise__stock_reports') }}
    where not is_deleted and as_of is not null
    qualify row_number() over (partition by location, snapshot_id order by observed_at desc) = 1
)

select
    location,
    snapshot_id,
    as_of,
    item_count,
    lag(item_count) over taken as previous_item_count,
    zero_count,
    lag(zero_count) over taken as previous_zero_count,
    observed_at
from reports
window taken as (partition by location order by as_of)
