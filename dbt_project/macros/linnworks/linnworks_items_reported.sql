{#- Items whose stock Linnworks has reported. -#}
{% macro linnworks_items_reported() -%}
    {{ items_reported([(source('raw_linnworks', 'stock_levels'), '$.ItemNumber')]) }}
{%- endmacro %}
