-- The newest stock report of each location by its system of record, and why it is held, if it is. What a system without
-- an age says, as of one that is no longer configured, is too old at once.
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

newest as (
    select * from {{ ref('int_stock__snapshots_reported') }}
    qualify row_number() over (partition by system, location order by as_of desc, snapshot_id desc) = 1
),

-- A system that has listed no location yet cannot disprove any.
listed as (
    select
        system,
        list(location) as locations
    from {{ ref('int_fulfilments__locations') }}
    group by system
),

classified as (
    select
        clocks.system,
        clocks.location,
        clocks.clock,
        newest.* exclude (system, location),
        rules.smallest_snapshot_share,
        rules.most_zero_share_jump,
        list_contains(listed.locations, clocks.location) as is_listed,
        coalesce(ages.stale_after_minutes, 0) as stale_after_minutes,
        newest.zero_count / nullif(newest.item_count, 0) as zero_share,
        newest.previous_zero_count / nullif(newest.previous_item_count, 0) as previous_zero_share
    from clocks
    left join newest on clocks.system = newest.system and clocks.location = newest.location
    left join {{ ref('stg_config__stock_ages') }} as ages on clocks.system = ages.system
    left join listed on clocks.system = listed.system
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
        when not is_listed then 'MAP-08: ' || system || ' lists no location ' || location || ' that is in use'
        when snapshot_id is null then 'INV-01: ' || system || ' has not reported the stock of ' || location || ' yet'
        when clock > as_of + to_minutes(stale_after_minutes)
            then
                'INV-01: the stock of ' || location || ' is as of '
                || strftime(as_of, '%Y-%m-%d %H:%M') || ' UTC, older than ' || stale_after_minutes || ' minutes'
        when item_count = 0 then 'INV-12: the newest snapshot of ' || location || ' names no item'
        when {{ names_too_few_items('item_count', 'previous_item_count') }}
            then
                'INV-12: the newest snapshot of ' || location || ' names ' || item_count
                || ' items, the one before ' || previous_item_count
        when {{ has_too_many_at_zero('zero_share', 'previous_zero_share') }}
            then
                'INV-12: ' || zero_count || ' of ' || item_count || ' items of ' || location
                || ' are at zero in the newest snapshot, ' || previous_zero_count || ' in the one before'
        else ''
    end as held_because
from classified
