{#- What an order not settled at a month end was to bring: as estimated by then, else what its statement brought, else what was
    estimated later, else nothing for an order that cost nothing. Expects the relations `summed`, `settled`, `open_orders`. -#}
{% macro accrual_amount(settled, estimated) -%}
    cast(case
        when summed.is_known_then then summed.{{ estimated }}
        when settled.order_id is not null then settled.{{ settled }}
        when summed.order_id is not null then summed.{{ estimated }}
        when open_orders.total_amount = 0 then 0
    end as decimal(18, 4))
{%- endmacro %}
