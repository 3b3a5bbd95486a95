-- What is wrong with the stock that systems of record report, and with its locations: one row per location or item.
with shops as (
    select
        system,
        location,
        if(count(distinct shop_id) = 1, min(shop_id), '') as shop_id
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
    group by system, location
),

snapshots as (
    select
        substr(held_because, 1, 6) as code,
        'location' as entity_type,
        {{ joined_key(['system', 'location']) }} as entity_id,
        system,
        location,
        if(starts_with(held_because, 'INV-01'), stale_at, null) as due_at,
        if(starts_with(held_because, 'INV-01'), 'stock reported in time', 'a whole snapshot') as expected,
        substr(held_because, 9) as actual,
        to_json({
            'snapshot_id': snapshot_id, 'as_of': as_of, 'items': item_count, 'items_before': previous_item_count,
            'at_zero': zero_count, 'at_zero_before': previous_zero_count
        }) as evidence,
        if(starts_with(held_because, 'INV-01'), 'stock stale', 'snapshot not believed') as cause
    from {{ ref('int_stock__snapshots') }}
    -- A location that is not in use is reported for the map that names it.
    where held_because <> '' and not starts_with(held_because, 'MAP-08')
),

closed as (
    select
        system,
        location
    from {{ ref('int_stock__snapshots') }}
    where starts_with(held_because, 'MAP-08')
),

levels as (
    select levels.*
    from {{ ref('int_stock__levels') }} as levels
    semi join {{ ref('int_stock__listed') }} as listed
        on
            levels.system = listed.system
            and levels.location = listed.location
            and levels.item = listed.component
    anti join snapshots on levels.system = snapshots.system and levels.location = snapshots.location
    anti join closed on levels.system = closed.system and levels.location = closed.location
),

absent as (
    select
        'INV-12' as code,
        'item' as entity_type,
        {{ joined_key(['location', 'item']) }} as entity_id,
        system,
        location,
        cast(null as timestamptz) as due_at,
        'a quantity of ' || item as expected,
        substr(held_because, 9) as actual,
        to_json({'snapshot_id': snapshot_id, 'as_of': as_of, 'on_hand': on_hand_quantity}) as evidence,
        'item not in the snapshot' as cause
    from levels
    where starts_with(held_because, 'INV-12')
),

-- Where buyers of TikTok Shop go without, that is said of the item instead.
negative as (
    select
        'INV-06' as code,
        'item' as entity_type,
        {{ joined_key(['levels.location', 'levels.item']) }} as entity_id,
        levels.system,
        levels.location,
        cast(null as timestamptz) as due_at,
        'no less than 0 units of ' || levels.item || ' available' as expected,
        levels.available_quantity || ' available, ' || levels.on_hand_quantity || ' on hand' as actual,
        to_json({'snapshot_id': levels.snapshot_id, 'as_of': levels.as_of, 'on_hold': levels.on_hold_quantity})
            as evidence,
        'promised more than is there' as cause
    from levels
    anti join {{ ref('int_items__shortages') }} as short
        on levels.system = short.system and levels.location = short.location and levels.item = short.item
    left join {{ ref('int_items__open_receipts') }} as arriving
        on levels.system = arriving.system and levels.location = arriving.location and levels.item = arriving.item
    where levels.is_current and levels.available_quantity + coalesce(arriving.quantity, 0) < 0
),

-- What is wrong with a whole snapshot is reported once, not for each of its items.
doubted as (
    select snapshot_id from {{ ref('int_stock__snapshots') }}
    where starts_with(held_because, 'INV-12')
),

unexplained as (
    select
        'INV-14' as code,
        'item' as entity_type,
        {{ joined_key(['location', 'item']) }} as entity_id,
        system,
        location,
        cast(null as timestamptz) as due_at,
        rolled_quantity || ' units of ' || item || ' on hand, by all movements reported' as expected,
        on_hand_quantity || ' units in snapshot ' || snapshot_id as actual,
        to_json({
            'opened_at': opened_at, 'opening': opening_quantity, 'received': received_quantity,
            'adjusted': adjusted_quantity, 'shipped': shipped_quantity, 'as_of': as_of
        }) as evidence,
        'change without a message' as cause
    from {{ ref('rec_stock__counted_vs_rolled_forward') }}
    anti join doubted using (snapshot_id)
    where status = 'mismatched'
)

select
    found.code,
    coalesce(shops.shop_id, '') as shop_id,
    found.entity_type,
    found.entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    found.* exclude (code, entity_type, entity_id, system, location)
from (
    {%- for part in ['snapshots', 'absent', 'negative', 'unexplained'] %}
        select * from {{ part }}
        {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
) as found
left join shops on found.system = shops.system and found.location = shops.location
