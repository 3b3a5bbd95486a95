-- Overlapping and adjoining verified windows, merged: absence is believed only inside one of these.
with windows as (
    select
        system,
        entity,
        shop_id,
        window_from,
        window_to
    from {{ ref('stg_tieout__coverage') }}
    where window_from is not null and window_to is not null
),

marked as (
    select
        *,
        window_from > max(window_to) over (
            partition by system, entity, shop_id
            order by window_from, window_to rows between unbounded preceding and 1 preceding
        ) as is_after_gap
    from windows
),

islands as (
    select
        *,
        count(*) filter (where is_after_gap) over (
            partition by system, entity, shop_id order by window_from, window_to
        ) as island
    from marked
)

select
    system,
    entity,
    shop_id,
    min(window_from) as window_from,
    max(window_to) as window_to
from islands
group by system, entity, shop_id, island
