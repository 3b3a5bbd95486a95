-- Units of each return and item that were graded as sellable, and taken into stock again under the return's id: by us,
-- or as the stock system reports them. What was taken in before its grade, and what may still be, is named; the rest is
-- unexplained, below zero when more was taken in than was graded.
with both_sides as (
    select
        * exclude (booked_units),
        coalesce(booked_units, 0) as booked_units
    from {{ ref('int_returns__restocked_items') }}
    where sellable_units <> 0 or booked_units <> 0
),

-- Whose the goods are may be open, and the stock system has its time.
named as (
    select
        both_sides.*,
        not returned.is_graded as is_not_graded,
        both_sides.sellable_units > both_sides.booked_units
        and (restocks.blocked_reason is not null or restocks.is_late is not true) as is_not_booked
    from both_sides
    inner join {{ ref('int_returns__returns') }} as returned
        on both_sides.shop_id = returned.shop_id and both_sides.return_id = returned.return_id
    left join {{ ref('int_returns__restock_clocks') }} as restocks
        on both_sides.shop_id = restocks.shop_id and both_sides.return_id = restocks.return_id
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
