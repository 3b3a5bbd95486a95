{{ config(contract={'enforced': true}) }}


select
    lines.order_line_id,
    lines.order_id,
    lines.shop_id,
    lines.item,
    lines.on_day as sold_on,
    lines.unit_cost_amount,
    entries.currency,
    {{ profit_columns() }}
from {{ ref('int_profit__entries') }} as entries
inner join {{ ref('int_profit__order_lines') }} as lines
    on entries.shop_id = lines.shop_id and entries.order_line_id = lines.order_line_id
group by all
