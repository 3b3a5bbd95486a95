{#- The score from which a match of a deposit needs no person: a named one has 90 or more, a sum that fits once 85. -#}
{% macro sure_score() -%}75{%- endmacro %}
