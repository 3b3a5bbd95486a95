{#- The pre-hooks of a model of settled orders, which keeps those that part, and a row without an order for how far it is built. -#}
{% macro delete_changed_settled_orders() -%}
    {{ delete_changed_keys([
        '(select shop_id, settled_order_id as order_id, loaded_through from ' ~ ref('int_settlements__transactions') ~ ')',
        '(select shop_id, settled_order_id as order_id, loaded_through from '
        ~ ref('stg_tiktok_shop__statement_transactions') ~ ')',
        ref('stg_tiktok_shop__revised_orders'),
        ref('stg_tiktok_shop__orders'),
    ], 'shop_id, order_id') }}
{%- endmacro %}

{% macro delete_progress_row() -%}
    {% if is_incremental() %} delete from {{ this }} where length(order_id) = 0 {% endif %}
{%- endmacro %}
