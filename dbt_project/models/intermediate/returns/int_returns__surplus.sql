{{ config(materialized=atomic_view()) }}

-- Returns under whose id a stock system took in more than they ask for, or something else. One row per return.
select
    shop_id,
    return_id,
    string_agg(units || ' x ' || item, ', ' order by item) as surplus
from {{ ref('int_returns__strange_receipts') }}
where return_id is not null
group by shop_id, return_id
