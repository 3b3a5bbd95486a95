{#- The pre-hook of a model of settled orders. -#}
{% macro delete_changed_settled_orders() -%}
    {{ delete_changed_keys([
        '(select shop_id, settled_order_id as order_id, loaded_through from ' ~ ref('int_settlements__transactions') ~ ')',
        '(select shop_id, settled_order_id as order_id, loaded_through from '
        ~ ref('stg_tiktok_shop__statement_transactions') ~ ')',
        ref('stg_tiktok_shop__revised_orders'),
        ref('stg_tiktok_shop__orders'),
    ], 'shop_id, order_id') }}
{%- endmacro %}

{#- A model that keeps few of its keys has a row without an order, whose `loaded_through` says how far it is built. -#}
{% macro delete_progress_row() -%}
    {% if builds_changed_keys() %} delete from {{ this }} where length(order_id) = 0 {% endif %}
{%- endmacro %}
