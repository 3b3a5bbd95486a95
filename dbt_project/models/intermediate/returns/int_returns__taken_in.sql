{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(also=orders_received()) }}"
    )
}}

-- What stock systems took in under a return's id against what the return asks for. One row per return. Surplus: more of
-- an item than that, or good units of another; damaged ones are not for sale, and their grade says what they are.
with receipts as (
    select * from {{ ref('int_returns__receipts') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where return_id is not null
),

came as (
    select
        shop_id,
        return_id,
        item,
        any_value(order_id) as order_id,
        any_value(system) as system,  -- noqa: RF04
        any_value(location) as location,  -- noqa: RF04
        sum(units) as units,
        sum(good_units) as good_units,
        min(reported_at) as taken_in_at,
        max(loaded_through) as loaded_through
    from receipts
    group by shop_id, return_id, item
),

asked as (
    select
        shop_id,
        return_id,
        item,
        units
    from {{ ref('int_returns__items') }}
    {{ only_changed_keys('shop_id, order_id') }}
    semi join came using (shop_id, return_id)
),

compared as (
    select
        came.*,
        if(asked.units is null, came.good_units, came.units - asked.units) as surplus_units
    from came
    left join asked using (shop_id, return_id, item)
)

select
    shop_id,
    return_id,
    any_value(order_id) as order_id,
    min(taken_in_at) as taken_in_at,
    arg_min(location, taken_in_at) as location,  -- noqa: RF04
    string_agg(units || ' x ' || item, ', ' order by item) as taken_in,
    coalesce(
        list({
            'system': system, 'location': location, 'item': item,
            'units': cast(surplus_units as bigint), 'taken_in_at': taken_in_at
        } order by item) filter (where surplus_units > 0),
        []
    ) as surplus,
    max(loaded_through) as loaded_through
from compared
group by shop_id, return_id
