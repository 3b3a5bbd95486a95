-- Units that stock systems took in of no return, or beyond what their return asks for: one row per receipt or return
-- and item. What a location books out again as a receipt in error is no longer there, the oldest first.
with strange as (
    select
        system,
        location,
        item,
        receipt_id,
        return_reference,
        cast(null as varchar) as shop_id,
        cast(null as varchar) as return_id,
        sum(units) as units,
        min(reported_at) as taken_in_at
    from {{ ref('int_returns__receipts') }}
    where return_id is null and (return_reference = '' or {{ is_channel_number('return_reference') }})
    group by system, location, item, receipt_id, return_reference
    union all by name
    select
        surplus.system,
        surplus.location,
        surplus.item,
        return_id as return_reference,
        shop_id,
        return_id,
        surplus.units,
        surplus.taken_in_at
    from (
        select
            shop_id,
            return_id,
            unnest(surplus) as surplus
        from {{ ref('int_returns__taken_in') }}
        where len(surplus) > 0
    ) as of_returns
),

since as (
    select
        system,
        location,
        item,
        min(taken_in_at) as taken_in_at
    from strange
    group by system, location, item
),

booked_out as (
    select
        system,
        location,
        item,
        -sum(moves.on_hand_change) as units
    from {{ ref('int_stock__movements') }} as moves
    inner join since using (system, location, item)
    where moves.is_receipt_error and moves.reported_at >= since.taken_in_at
    group by system, location, item
)

select
    strange.system,
    strange.location,
    strange.item,
    strange.receipt_id,
    strange.return_reference,
    strange.shop_id,
    strange.return_id,
    cast(strange.units as bigint) as units,
    strange.taken_in_at
from strange
left join booked_out using (system, location, item)
qualify
    sum(strange.units) over (
        partition by strange.system, strange.location, strange.item
        order by strange.taken_in_at, strange.return_reference, strange.receipt_id, strange.shop_id
        rows between unbounded preceding and current row
    ) > coalesce(booked_out.units, 0)
