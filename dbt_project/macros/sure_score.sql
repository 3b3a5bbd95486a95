{#- From which score on a match of a deposit needs nobody's word: a named one has 90 or more, a sum that fits once 85. -#}
{% macro sure_score() -%}75{%- endmacro %}
