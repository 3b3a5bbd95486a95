-- The newest stock report of each location by its system of record, and why it is held, if it is.
with clocks as (
    select
        locations.system,
        locations.location,
        max(clock.as_of) as clock
    from {{ ref('stg_config__location_map') }} as locations
    inner join {{ ref('int_coverage__as_of') }} as clock on locations.shop_id = clock.shop_id
    where not locations.is_deleted and cast(clock.as_of as date) between locations.valid_from and locations.valid_to
    group by locations.system, locations.location
),

gxo as (
    select
        'gxo' as system,
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
),

linnworks as (
    select
        'linnworks' as system,
        location,
        strftime(as_of, '%Y-%m-%dT%H:%M:%SZ') as snapshot_id,
        as_of,
        sku_count as item_count,
        lag(sku_count) over taken as previous_item_count,
        zero_count,
        lag(zero_count) over taken as previous_zero_count,
        observed_at
    from {{ ref('stg_linnworks__stock_readings') }}
    window taken as (partition by location order by as_of)
),

reported as (
    select * from gxo
    union all by name
    select * from linnworks
),

newest as (
    select * from reported
    qualify row_number() over (partition by system, location order by as_of desc, snapshot_id desc) = 1
),

classified as (
    select
        clocks.system,
        clocks.location,
        clocks.clock,
        newest.* exclude (system, location),
        rules.smallest_snapshot_share,
        rules.most_zero_share_jump,
        case clocks.system
            when 'gxo' then rules.gxo_stale_after_minutes
            when 'linnworks' then rules.linnworks_stale_after_minutes
        end as stale_after_minutes,
        newest.zero_count / nullif(newest.item_count, 0) as zero_share,
        newest.previous_zero_count / nullif(newest.previous_item_count, 0) as previous_zero_share
    from clocks
    left join newest on clocks.system = newest.system and clocks.location = newest.location
    cross join {{ ref('stg_config__stock') }} as rules
)

select
    system,
    location,
    snapshot_id,
    as_of,
    item_count,
    previous_item_count,
    zero_count,
    previous_zero_count,
    as_of + to_minutes(stale_after_minutes) as stale_at,
    observed_at,
    case
        when snapshot_id is null then 'INV-01: ' || system || ' has not reported the stock of ' || location || ' yet'
        when clock > as_of + to_minutes(stale_after_minutes)
            then
                'INV-01: the stock of ' || location || ' is as of '
                || strftime(as_of, '%Y-%m-%d %H:%M') || ' UTC, older than ' || stale_after_minutes || ' minutes'
        when item_count = 0 then 'INV-12: the newest snapshot of ' || location || ' names no item'
        when item_count < smallest_snapshot_share * previous_item_count
            then
                'INV-12: the newest snapshot of ' || location || ' names ' || item_count
                || ' items, the one before ' || previous_item_count
        when zero_share - previous_zero_share > most_zero_share_jump
            then
                'INV-12: ' || zero_count || ' of ' || item_count || ' items of ' || location
                || ' are at zero in the newest snapshot, ' || previous_zero_count || ' in the one before'
        else ''
    end as held_because
from classified
