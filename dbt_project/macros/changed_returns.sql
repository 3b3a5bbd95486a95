{#-
The pre-hook of a model of the returns of orders, whose keys are shop and order: everything that is said of a return is
said under its order. `also` is a query of further ones; `of_refunds`: what settlements, books and writes say counts too.
-#}
{% macro delete_changed_returns(also=none, of_refunds=false) -%}
    {{ delete_changed_keys(
        [ref('int_returns__refund_changes' if of_refunds else 'int_returns__changes')], 'shop_id, order_id', also=also
    ) }}
{%- endmacro %}

{#- The newest load of the maps, in one row. -#}
{% macro newest_map(maps) -%}
    select coalesce(max(loaded_through), 0) as loaded_through
    from (
        {%- for map in maps %}
        select loaded_through from {{ map }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as maps
{%- endmacro %}

{#- All returns of portals, once a map by which they are read has changed. -#}
{% macro portal_returns_of_new_maps() -%}
    select system, portal_return_id from {{ this }}
    where (
        {{ newest_map([ref('stg_config__grades'), ref('stg_config__return_reasons')]) }}
    ) > {{ built_through() }}
{%- endmacro %}
