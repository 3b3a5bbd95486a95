{{ config(materialized=atomic_view()) }}

-- What an authority holds of each item, as of its newest snapshot and with what it told since.
-- What lowers stock counts as soon as it is told. What raises it counts only when its own day began after the snapshot:
-- X12 gives movements no time, and a receipt that the snapshot holds already would be sold twice.
with newest as (
    select * from {{ ref('int_stock__snapshots') }}
    where snapshot_id is not null
),

told as (
    select
        'gxo' as system,
        site as location,
        sku as item,
        coalesce(on_hand_quantity, available_quantity + on_hold_quantity) as on_hand_quantity,
        on_hold_quantity,
        coalesce(available_quantity, on_hand_quantity - on_hold_quantity) as available_quantity,
        snapshot_id,
        as_of,
        observed_at
    from {{ ref('stg_gxo__stock_levels') }}
    union all by name
    -- An item that Linnworks sells without counting it has no figure; a bundle without stock of its own has what its
    -- components allow, and nothing on the shelf.
    select
        'linnworks' as system,
        levels.location,
        levels.sku as item,
        case when levels.is_tracked then levels.on_hand_quantity end as on_hand_quantity,
        0 as on_hold_quantity,
        levels.available_quantity,
        newest.snapshot_id,
        levels.as_of,
        levels.observed_at
    from {{ ref('stg_linnworks__stock_levels') }} as levels
    inner join newest on newest.system = 'linnworks' and levels.location = newest.location
    where levels.is_tracked or levels.is_composite
),

-- Only GXO tells of changes between snapshots; Linnworks is read whole every time.
changes as (
    select
        'gxo' as system,
        movements.site as location,
        movements.sku as item,
        movements.on_hand_change,
        movements.available_change
    from {{ ref('stg_gxo__stock_movements') }} as movements
    inner join newest on newest.system = 'gxo' and movements.site = newest.location
    where
        movements.told_at > newest.as_of
        and (
            movements.day_starts_at >= newest.as_of
            or (
                movements.available_change < 0
                and coalesce(movements.day_starts_at + interval 1 day > newest.as_of, true)
            )
        )
    union all by name
    -- What left was promised before, so it was not available; `int_stock__in_flight` takes what the snapshot missed.
    select
        'gxo' as system,
        advices.site as location,
        advices.line.sku as item,
        -advices.line.shipped as on_hand_change,
        0 as available_change
    from (
        select
            site,
            first_observed_at,
            unnest(lines) as line
        from {{ ref('stg_gxo__shipping_advices') }}
        where not is_deleted
    ) as advices
    inner join newest on newest.system = 'gxo' and advices.site = newest.location
    where advices.first_observed_at > newest.as_of
),

changed as (
    select
        system,
        location,
        item,
        sum(on_hand_change) as on_hand_change,
        sum(available_change) as available_change
    from changes
    group by system, location, item
)

select
    told.system,
    told.location,
    told.item,
    cast(told.on_hand_quantity + coalesce(changed.on_hand_change, 0) as integer) as on_hand_quantity,
    told.on_hold_quantity,
    cast(told.available_quantity + coalesce(changed.available_change, 0) as integer) as available_quantity,
    told.as_of,
    told.snapshot_id,
    told.observed_at,
    coalesce(told.snapshot_id = newest.snapshot_id and newest.held_because = '', false) as is_current,
    case
        when coalesce(newest.held_because, '') <> '' then newest.held_because
        when coalesce(told.snapshot_id <> newest.snapshot_id, true)
            then 'INV-12: the newest snapshot of ' || told.location || ' does not name ' || told.item
        when told.available_quantity is null
            then 'INV-12: the newest snapshot of ' || told.location || ' gives no quantity of ' || told.item
        else ''
    end as held_because
from told
left join newest on told.system = newest.system and told.location = newest.location
left join changed
    on told.system = changed.system and told.location = changed.location and told.item = changed.item
