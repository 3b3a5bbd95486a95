{#- Whether one of an entity's windows reaches from `since` to `until`: only then is a record missing that should be there. -#}
{% macro was_read(windows, since, until) -%}
    coalesce(len(list_filter({{ windows }}, lambda w: w.window_from <= {{ since }} and w.window_to >= {{ until }})) > 0, false)
{%- endmacro %}
