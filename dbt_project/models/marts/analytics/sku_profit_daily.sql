{{ config(contract={'enforced': true}) }}


select
    shop_id,
    item,
    on_day,
    count(distinct order_id) as orders,
    cast(sum(units) as bigint) as units,
    cast(sum(units_without_cost) as bigint) as units_without_cost,
    currency,
    {{ profit_columns() }}
from {{ ref('int_profit__entries') }}
where item is not null
group by shop_id, item, on_day, currency
