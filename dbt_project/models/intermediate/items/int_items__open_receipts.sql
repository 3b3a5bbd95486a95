-- Goods in that were reported since the newest snapshot and may be in it: X12 gives a movement a day and no time. They
-- are not for sale before the next snapshot, but what may be there is not reported as missing.
select
    levels.system,
    levels.location,
    levels.item,
    sum(movements.available_change) as quantity
from {{ ref('int_stock__levels') }} as levels
inner join {{ ref('int_stock__movements') }} as movements
    on levels.system = movements.system and levels.location = movements.location and levels.item = movements.item
where
    movements.available_change > 0
    and movements.reported_at > levels.as_of
    and coalesce(movements.day_starts_at < levels.as_of, true)
group by levels.system, levels.location, levels.item
