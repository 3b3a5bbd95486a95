{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns() }}"
    )
}}

-- What came back against what was asked to, item by item: one row per return that a portal holds, all its warehouses
-- together. An inspection has passed when every item is there as often as asked and sellable, and nothing else is.
with portal as (
    select
        pairs.shop_id,
        pairs.return_id,
        pairs.order_id,
        pairs.is_other_order,
        pairs.loaded_through,
        portal.is_graded,
        portal.unsellable_units,
        portal.lines
    from {{ ref('int_returns__pairs') }} as pairs
    {{ only_changed_keys('shop_id, order_id') }}
    inner join {{ ref('int_returns__portal_returns') }} as portal using (system, portal_return_id)
    where portal.status is distinct from 'cancelled'
),

parcels as (
    select
        shop_id,
        return_id,
        any_value(order_id) as order_id,
        bool_and(is_graded) as is_graded,
        coalesce(sum(unsellable_units), 0) as unsellable_units,
        bool_or(is_other_order) as is_other_order,
        max(loaded_through) as loaded_through
    from portal
    group by shop_id, return_id
),

asked as (
    select
        shop_id,
        return_id,
        item,
        units
    from {{ ref('int_returns__items') }}
    {{ only_changed_keys('shop_id, order_id') }}
    semi join parcels using (shop_id, return_id)
),

contents as (
    select
        shop_id,
        return_id,
        unnest(lines) as line
    from portal
),

came as (
    select
        shop_id,
        return_id,
        line.sku as item,
        coalesce(sum(line.received), 0) as received,
        coalesce(sum(line.received) filter (where line.is_sellable), 0) as sellable,
        -- A condition of its own, such as an empty box, can say that units are missing.
        coalesce(sum(line.announced) filter (where line.received = 0 and line.condition <> ''), 0) as said_missing,
        list(distinct coalesce(line.condition, '')) filter (where line.is_sellable is not true) as conditions
    from contents
    group by shop_id, return_id, line.sku
),

compared as (
    select
        shop_id,
        return_id,
        string_agg(asked.units || ' x ' || item, ', ' order by item) as asked,
        string_agg(came.received || ' x ' || item, ', ' order by item) filter (where came.received > 0) as received,
        coalesce(bool_or(came.received > coalesce(asked.units, 0)), false) as is_other_received,
        -- More of an item than was asked for, or good units of another: whose they are is open.
        coalesce(bool_or(came.received > asked.units or (asked.units is null and came.sellable > 0)), false)
            as has_surplus,
        bool_and(
            coalesce(asked.units, 0) = coalesce(came.received, 0)
            and coalesce(came.sellable, 0) = coalesce(came.received, 0)
        ) as is_as_asked,
        -- What is neither as asked nor has a condition counts as one: it is no part of any other.
        list_sort(list_distinct(flatten(list(
            coalesce(came.conditions, [])
            || if(coalesce(came.received, 0) > coalesce(asked.units, 0), [''], [])
            || if(coalesce(came.received + came.said_missing, 0) < coalesce(asked.units, 0), [''], [])
        )))) as conditions
    from asked
    full join came using (shop_id, return_id, item)
    group by shop_id, return_id
)

select
    parcels.shop_id,
    parcels.return_id,
    parcels.order_id,
    compared.asked,
    compared.received,
    compared.is_other_received,
    compared.has_surplus,
    parcels.is_other_order,
    case
        when not parcels.is_graded and parcels.unsellable_units = 0 then 'ungraded'
        when parcels.is_graded and compared.is_as_asked then 'passed'
        else 'failed'
    end as inspection,
    compared.conditions,
    parcels.loaded_through
from parcels
inner join compared using (shop_id, return_id)
