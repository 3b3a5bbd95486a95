{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(also=orders_restocked()) }}"
    )
}}

-- Units of returns that a portal graded as sellable, and those that a stock system took in under the return's id:
-- booked by us, or reported by the system. One row per return, system, location and item; null where nothing came in.
with returned as (
    select * from {{ ref('int_returns__returns') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

places as (
    select distinct
        system,
        location
    from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

graded as (
    select
        returned.shop_id,
        returned.order_id,
        returned.return_id,
        orders.system,
        orders.location,
        systems.answers_at_once and systems.restock_sync <> '' as is_ours_to_book,
        unnest(list_filter(returned.graded_lines, lambda line: line.is_sellable and line.received > 0)) as line
    from returned
    inner join {{ of_changed(ref('int_fulfilments__orders')) }} as orders
        on returned.shop_id = orders.shop_id and returned.order_id = orders.order_id
    inner join {{ ref('int_systems') }} as systems on orders.system = systems.system
    where returned.sellable_units > 0 and returned.is_graded
),

-- What we book comes in where the order's stock is counted; what a system counts by itself, where the parcel went.
sellable as (
    select
        graded.shop_id,
        graded.order_id,
        graded.return_id,
        graded.system,
        if(not graded.is_ours_to_book, coalesce(places.location, graded.location), graded.location)
            as location,  -- noqa: RF04
        graded.line.sku as item,
        sum(graded.line.received) as units
    from graded
    left join places on graded.system = places.system and graded.line.warehouse = places.location
    group by all
),

written as (
    select
        returned.shop_id,
        returned.order_id,
        returned.return_id,
        systems.system,
        arg_max(writes.desired, writes.acknowledged_at) as desired,
        max(writes.acknowledged_at) as booked_at,
        max(writes.loaded_through) as loaded_through
    from {{ ref('stg_tieout__acknowledgements') }} as writes
    inner join {{ ref('int_systems') }} as systems on writes.sync = systems.restock_sync
    inner join returned on writes.shop_id = returned.shop_id and writes.entity_key = returned.return_id
    group by returned.shop_id, returned.order_id, returned.return_id, systems.system
),

booked as (
    select
        shop_id,
        order_id,
        return_id,
        system,
        location,
        line.sku as item,
        sum(line.quantity) as units,
        max(booked_at) as booked_at,
        max(loaded_through) as loaded_through
    from (
        select
            * exclude (desired),
            desired ->> '$.location' as location,  -- noqa: RF04
            unnest(from_json(desired -> '$.lines', '[{"sku": "VARCHAR", "quantity": "BIGINT"}]')) as line
        from written
    ) as lines
    group by shop_id, order_id, return_id, system, location, line.sku
    union all
    select
        receipts.shop_id,
        receipts.order_id,
        receipts.return_id,
        receipts.system,
        receipts.location,
        receipts.item,
        sum(receipts.good_units) as units,
        min(receipts.reported_at) as booked_at,
        max(receipts.loaded_through) as loaded_through
    from {{ ref('int_returns__receipts') }} as receipts
    semi join returned on receipts.shop_id = returned.shop_id and receipts.return_id = returned.return_id
    group by all
)

select
    shop_id,
    order_id,
    return_id,
    system,
    location,
    item,
    cast(coalesce(sellable.units, 0) as bigint) as sellable_units,
    cast(booked.units as bigint) as booked_units,
    booked.booked_at,
    greatest(returned.loaded_through, coalesce(booked.loaded_through, 0)) as loaded_through
from sellable
full join booked using (shop_id, order_id, return_id, system, location, item)
inner join returned using (shop_id, order_id, return_id)
