{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns() }}"
    )
}}

-- What should come back of a return, in items as its warehouse counts them: its lines, bundles split as they were when
-- they were shipped. One row per return and item; without an item where a line's is unknown.
with lines as (
    select
        shop_id,
        order_id,
        return_id,
        item,
        on_day,
        loaded_through
    from {{ ref('int_returns__lines') }}
    {{ only_changed_keys('shop_id, order_id') }}
),

split as (
    {{ split_bundles('lines') }}
)

select
    shop_id,
    order_id,
    return_id,
    item,
    count(*) as units,
    max(loaded_through) as loaded_through
from split
group by shop_id, order_id, return_id, item
