-- Units that were sold or came back, moved otherwise, and of which no other exception speaks: not of the order, not of
-- the return, not of the item's count. One row per item and location.
with shops as (
    select
        system,
        location,
        if(count(distinct shop_id) = 1, min(shop_id), '') as shop_id
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
    group by system, location
),

-- Contents of an order are compared until the time is over in which its buyer may complain, and with what its warehouse
-- still holds.
silent as (
    select
        units.system,
        units.location,
        units.item,
        units.unexplained_units
    from {{ ref('int_stock__order_units') }} as units
    left join {{ ref('int_orders__fulfilment_breaks') }} as breaks
        on units.shop_id = breaks.shop_id and units.order_id = breaks.order_id
    where
        units.is_known
        and units.order_status <> 'COMPLETED'
        and coalesce(breaks.break_reason, '') = ''
        and not coalesce(breaks.has_other_code, false)
    union all
    select
        units.system,
        units.location,
        units.item,
        -units.unexplained_units as unexplained_units
    from {{ ref('int_stock__return_units') }} as units
    anti join {{ ref('exc_return_parcels') }} as spoken
        on units.shop_id = spoken.shop_id and units.return_id = spoken.entity_id
),

added as (
    select
        system,
        location,
        item,
        sum(unexplained_units) as unexplained_units
    from silent
    group by system, location, item
    having sum(unexplained_units) <> 0
)

select
    'INV-14' as code,
    coalesce(shops.shop_id, '') as shop_id,
    'item' as entity_type,
    {{ joined_key(['added.location', 'added.item']) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    compared.moved_units + added.unexplained_units || ' units of ' || added.item
    || ' moved, by sales, cancellations and grades' as expected,
    compared.moved_units || ' moved: ' || compared.shipped_units || ' left for orders, ' || compared.booked_units
    || ' taken in under returns' as actual,
    to_json({
        'sold': compared.sold_units, 'cancelled': compared.cancelled_units, 'sellable': compared.sellable_units,
        'unexplained': added.unexplained_units, 'order_ids': compared.order_ids, 'return_ids': compared.return_ids
    }) as evidence,
    'moved without a sale or a grade' as cause
from added
inner join {{ ref('rec_units__sold_vs_moved') }} as compared
    on added.system = compared.system and added.location = compared.location and added.item = compared.item
anti join {{ ref('exc_stock_sources') }} as counted
    on counted.code = 'INV-14' and counted.entity_id = {{ joined_key(['added.location', 'added.item']) }}
left join shops on added.system = shops.system and added.location = shops.location
-- Units that moved between orders of an item are the same over all of them.
where sign(added.unexplained_units) = sign(compared.unexplained_units)
