{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A kit has what its scarcest member allows, and nothing on the shelf; one of which a member cannot be read has no
-- figure. Of an item that is inactive nothing can be ordered.
with newest as (
    select * from {{ ref('int_stock__snapshots') }}
    where system = 'netsuite' and snapshot_id is not null
),

levels as (
    select
        levels.location_id as location,
        levels.sku as item,
        levels.on_hand_quantity,
        levels.available_quantity,
        levels.observed_at
    from {{ ref('stg_netsuite__item_levels') }} as levels
    anti join {{ ref('stg_netsuite__items') }} as items on levels.item_id = items.item_id and items.is_inactive
    where not levels.is_deleted
    -- A name that two items have says of neither how much there is.
    qualify count(*) over (partition by levels.location_id, levels.sku) = 1
),

kits as (
    select
        newest.location,
        parts.bundle as item,
        cast(null as integer) as on_hand_quantity,
        cast(
            case
                when bool_and(coalesce(parts.quantity > 0 and parts.component is not null, false))
                    then min(floor(coalesce(levels.available_quantity, 0) / parts.quantity))
            end as integer
        ) as available_quantity,
        max(levels.observed_at) as observed_at
    from newest
    cross join {{ ref('int_netsuite__compositions') }} as parts
    left join levels on newest.location = levels.location and parts.component = levels.item
    group by newest.location, parts.bundle
)

select
    counted.location,
    counted.item,
    counted.on_hand_quantity,
    0 as on_hold_quantity,
    counted.available_quantity,
    newest.snapshot_id,
    newest.as_of,
    coalesce(counted.observed_at, newest.observed_at) as observed_at
from (
    select * from levels
    union all by name
    select * from kits
) as counted
inner join newest on counted.location = newest.location
