{#-
The tax that is within a gross amount, `rate` in percent, half up to whole pennies: amount x rate / (100 + rate). In whole
numbers, for DuckDB divides decimals as floating point. `amount` and `rate` have four decimals; null without a rate.
-#}
{% macro tax_within(amount, rate) -%}
    cast(
        sign({{ amount }}) * (
            (
                2 * cast(abs({{ amount }}) * 10000 as hugeint) * cast({{ rate }} * 10000 as hugeint)
                + 100 * (1000000 + cast({{ rate }} * 10000 as hugeint))
            ) // (200 * (1000000 + cast({{ rate }} * 10000 as hugeint)))
        ) as decimal(18, 4)
    ) * cast(0.01 as decimal(3, 2))
{%- endmacro %}
