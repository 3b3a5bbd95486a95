-- Units of each return and item that were graded as sellable, and taken into stock again under the return's id: by us,
-- or as the stock system reports them. What was taken in before its grade, and what may still be, is named; the rest is
-- unexplained, below zero when more was taken in than was graded.
with sellable as (
    select
        shop_id,
        return_id,
        system,
        location,
        line.sku as item,
        sum(line.quantity) as sellable_units
    from (
        select
            shop_id,
            return_id,
            system,
            location,
            unnest(lines) as line
        from {{ ref('int_returns__restocks') }}
    ) as lines
    group by all
),

written as (
    select
        writes.shop_id,
        writes.entity_key as return_id,
        systems.system,
        arg_max(writes.desired, writes.acknowledged_at) as desired
    from {{ ref('stg_tieout__acknowledgements') }} as writes
    inner join {{ ref('int_systems') }} as systems on writes.sync = systems.restock_sync
    group by writes.shop_id, writes.entity_key, systems.system
),

booked_by_us as (
    select
        shop_id,
        return_id,
        system,
        desired ->> '$.location' as location,
        unnest(from_json(desired -> '$.lines', '[{"sku": "VARCHAR", "quantity": "BIGINT"}]')) as line
    from written
),

booked as (
    select
        shop_id,
        return_id,
        system,
        location,
        line.sku as item,
        sum(line.quantity) as booked_units
    from booked_by_us
    group by all
    union all
    select
        receipts.shop_id,
        receipts.return_id,
        receipts.system,
        receipts.location,
        receipts.item,
        sum(receipts.good_units) as booked_units
    from {{ ref('int_returns__receipts') }} as receipts
    semi join {{ ref('int_returns__returns') }} as returned
        on receipts.shop_id = returned.shop_id and receipts.return_id = returned.return_id
    where receipts.good_units <> 0
    group by all
),

both_sides as (
    select
        shop_id,
        return_id,
        system,
        location,
        item,
        coalesce(sellable.sellable_units, 0) as sellable_units,
        coalesce(booked.booked_units, 0) as booked_units
    from sellable
    full join booked using (shop_id, return_id, system, location, item)
),

-- Whose the goods are may be open, and the stock system has its time.
named as (
    select
        both_sides.*,
        not returned.is_graded as is_not_graded,
        both_sides.sellable_units > both_sides.booked_units
        and (
            restocks.blocked_reason is not null
            or coalesce(clock.as_of < restocks.graded_at + to_hours(rules.restock_after_hours), true)
        ) as is_not_booked
    from both_sides
    inner join {{ ref('int_returns__returns') }} as returned
        on both_sides.shop_id = returned.shop_id and both_sides.return_id = returned.return_id
    left join {{ ref('int_returns__restocks') }} as restocks
        on both_sides.shop_id = restocks.shop_id and both_sides.return_id = restocks.return_id
    left join {{ ref('int_coverage__as_of') }} as clock on both_sides.shop_id = clock.shop_id
    cross join {{ ref('stg_config__returns') }} as rules
)

select
    shop_id,
    return_id,
    system,
    location,
    item,
    cast(sellable_units as bigint) as sellable_units,
    cast(booked_units as bigint) as booked_units,
    cast(if(is_not_graded, booked_units, 0) as bigint) as not_graded_units,
    cast(if(not is_not_graded and is_not_booked, sellable_units - booked_units, 0) as bigint) as not_booked_units,
    cast(if(is_not_graded or is_not_booked, 0, sellable_units - booked_units) as bigint) as unexplained_units
from named
