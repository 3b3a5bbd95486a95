{#- What two ids have in common of which one is probably the other, mistyped or rounded by a spreadsheet. -#}
{% macro likeness(id) -%}
    if(regexp_full_match({{ id }}, '[0-9]{16,}'), left({{ id }}, 15), ltrim(lower(trim({{ id }})), '0'))
{%- endmacro %}
