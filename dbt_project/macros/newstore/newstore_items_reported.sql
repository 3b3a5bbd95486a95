{#- Items whose stock NewStore has reported. -#}
{% macro newstore_items_reported() -%}
    {{ items_reported([(source('raw_newstore', 'availabilities'), '$.product_id')]) }}
{%- endmacro %}
