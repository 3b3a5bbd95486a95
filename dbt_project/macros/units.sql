{#- A count of units as text or number; null where it is none, or is beyond what any warehouse holds and would not add up. -#}
{% macro units(text) -%}
    if(try_cast({{ text }} as integer) between -99999999 and 99999999, try_cast({{ text }} as integer), null)
{%- endmacro %}
