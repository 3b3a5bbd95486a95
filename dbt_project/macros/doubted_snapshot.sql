{#- When a stock report is not believed beside the one before: by the shares of stg_config__stock. -#}
{% macro names_too_few_items(item_count, previous_item_count) -%}
    {{ item_count }} < smallest_snapshot_share * {{ previous_item_count }}
{%- endmacro %}

{% macro has_too_many_at_zero(zero_share, previous_zero_share) -%}
    {{ zero_share }} - {{ previous_zero_share }} > most_zero_share_jump
{%- endmacro %}
