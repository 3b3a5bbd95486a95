{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(also=orders_restocked()) }}"
    )
}}

-- What a portal graded as sellable against what the stock system of its order took back: by us, where the system takes
-- what it is sent at once, or by itself under the return's id. One row per return that has sellable units. A return
-- that was refused or is not decided stays the buyer's: nothing of it is restocked.
with sellable as (
    select
        returned.shop_id,
        returned.return_id,
        returned.order_id,
        returned.stage,
        returned.graded_at,
        returned.sellable_units,
        returned.is_portal_unreadable,
        goods.has_surplus,
        returned.announced_otherwise is not null as is_other_announced,
        goods.is_other_order,
        list_sort(list_transform(
            list_filter(returned.graded_lines, lambda line: line.is_sellable and line.received > 0),
            lambda line: {'quantity': line.received, 'sku': line.sku}
        )) as lines
    from {{ ref('int_returns__returns') }} as returned
    {{ only_changed_keys('shop_id, order_id') }}
    inner join {{ ref('int_returns__goods') }} as goods
        on returned.shop_id = goods.shop_id and returned.return_id = goods.return_id
    where returned.sellable_units > 0 and returned.is_graded
),

-- What its stock system took in, item by item: other items, or at another location, are no less wrong than too few.
booked as (
    select
        shop_id,
        return_id,
        system,
        cast(sum(booked_units) as bigint) as booked_units,
        min(booked_at) as booked_at,
        coalesce(
            list(
                {
                    'item': item,
                    'location': location,
                    'sellable': sellable_units,
                    'booked': coalesce(booked_units, 0)
                }
                order by item, location
            ) filter (where sellable_units <> coalesce(booked_units, 0)),
            []
        ) as differences,
        max(loaded_through) as loaded_through
    from {{ ref('int_returns__restocked_items') }}
    {{ only_changed_keys('shop_id, order_id') }}
    group by shop_id, return_id, system
)

select
    sellable.shop_id,
    sellable.return_id,
    sellable.order_id,
    orders.system,
    orders.location,
    sellable.graded_at,
    sellable.sellable_units,
    sellable.lines,
    systems.answers_at_once and systems.restock_sync <> '' as is_ours_to_book,
    booked.booked_units,
    booked.booked_at,
    booked.differences,
    case
        when sellable.is_portal_unreadable
            then 'SYS-03: what the portal says of it cannot be read; see audit.quarantine'
        when sellable.is_other_order
            then 'RET-04: the portal has a parcel of another order under this return; have it corrected there'
        when sellable.is_other_announced
            then 'RET-03: the portal expects other goods than the return asks for; have it corrected there'
        when sellable.has_surplus then 'RET-08: more was received than asked for; have it counted again in the portal'
        when sellable.stage not in ('refunding', 'refunded', 'replaced')
            then 'RET-08: TikTok Shop says ' || sellable.stage || ' of it: whose the goods are is not decided'
    end as blocked_reason,
    booked.loaded_through
from sellable
inner join {{ of_changed(ref('int_fulfilments__orders')) }} as orders
    on sellable.shop_id = orders.shop_id and sellable.order_id = orders.order_id
inner join {{ ref('int_systems') }} as systems on orders.system = systems.system
inner join booked
    on
        sellable.shop_id = booked.shop_id
        and sellable.return_id = booked.return_id
        and orders.system = booked.system
