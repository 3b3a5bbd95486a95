{{ config(contract={'enforced': true}) }}


select
    shop_id,
    on_day,
    strftime(on_day, '%Y-%m') as month,
    count(distinct order_id) as orders,
    cast(sum(units) as bigint) as units,
    cast(sum(units_without_cost) as bigint) as units_without_cost,
    currency,
    {{ profit_columns() }}
from {{ ref('int_profit__entries') }}
group by shop_id, on_day, currency
