{{ config(materialized=atomic_view()) }}

-- What the system of record holds of each item: its newest snapshot and the movements reported since. What lowers stock
-- counts as soon as it is reported. What raises it counts only when its own day began after the snapshot: X12 gives
-- movements no time, and a receipt that the snapshot holds already would be sold twice.
with newest as (
    select * from {{ ref('int_stock__snapshots') }}
    where snapshot_id is not null
),

reported as (
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

-- Only GXO reports changes between snapshots; Linnworks is read completely every time.
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
        movements.reported_at > newest.as_of
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
    reported.system,
    reported.location,
    reported.item,
    cast(reported.on_hand_quantity + coalesce(changed.on_hand_change, 0) as integer) as on_hand_quantity,
    reported.on_hold_quantity,
    cast(reported.available_quantity + coalesce(changed.available_change, 0) as integer) as available_quantity,
    reported.as_of,
    reported.snapshot_id,
    reported.observed_at,
    coalesce(reported.snapshot_id = newest.snapshot_id and newest.held_because = '', false) as is_current,
    case
        when coalesce(newest.held_because, '') <> '' then newest.held_because
        when coalesce(reported.snapshot_id <> newest.snapshot_id, true)
            then 'INV-12: the newest snapshot of ' || reported.location || ' does not name ' || reported.item
        when reported.available_quantity is null
            then 'INV-12: the newest snapshot of ' || reported.location || ' gives no quantity of ' || reported.item
        else ''
    end as held_because
from reported
left join newest on reported.system = newest.system and reported.location = newest.location
left join changed
    on reported.system = changed.system and reported.location = changed.location and reported.item = changed.item
