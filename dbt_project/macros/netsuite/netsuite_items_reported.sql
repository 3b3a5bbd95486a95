{#- Items whose stock was reported, as `items_reported` has it. -#}
{% macro netsuite_items_reported() -%}
    {{ items_reported([(source('raw_netsuite', 'item_levels'), '$.itemid')]) }}
{%- endmacro %}
