{{ config(contract={'enforced': true}) }}


with sold as (
    select distinct
        shop_id,
        order_id,
        on_day as sold_on
    from {{ ref('int_profit__order_lines') }}
)

select
    entries.order_id,
    entries.shop_id,
    sold.sold_on,
    min(entries.on_day) as first_settled_on,
    max(entries.on_day) as last_settled_on,
    cast(sum(entries.units) as bigint) as units,
    cast(sum(entries.units_without_cost) as bigint) as units_without_cost,
    entries.currency,
    {{ profit_columns() }}
from {{ ref('int_profit__entries') }} as entries
left join sold on entries.shop_id = sold.shop_id and entries.order_id = sold.order_id
where entries.order_id is not null
group by entries.order_id, entries.shop_id, sold.sold_on, entries.currency
