{#-
An amount in another currency, half up to whole minor units; null where the product is beyond any amount (10^12), so that
one absurd rate stops its own payout and no run.
-#}
{% macro converted(amount, rate) -%}
    try_cast(
        cast(round(try_cast(cast({{ amount }} as decimal(38, 4)) * {{ rate }} as decimal(38, 10)), 2) as decimal(38, 2))
        as decimal(14, 2)
    )
{%- endmacro %}
