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

{#- All returns of portals, once the map by which they are read has changed. -#}
{% macro portal_returns_of_new_maps() -%}
    select system, portal_return_id from {{ this }}
    where (select max(loaded_through) from {{ ref('stg_config__grades') }}) > {{ built_through() }}
{%- endmacro %}

{#- Orders whose refunds and settlements are to be compared again whenever more was read, and those that the books hold no
document of. -#}
{% macro refunds_waiting(state, books=none) -%}
    select shop_id, order_id from {{ this }} where {{ state }} not in ('equal', 'unreadable')
    {%- if books %} or {{ books }} in ('missing', 'held') {%- endif %}
{%- endmacro %}

{#- Orders of whose returns a stock system, or our own write to it, said something new. -#}
{% macro orders_restocked() -%}
    select returned.shop_id, returned.order_id
    from {{ ref('stg_tieout__acknowledgements') }} as writes
    inner join {{ ref('stg_tiktok_shop__returns') }} as returned
        on writes.shop_id = returned.shop_id and writes.entity_key = returned.return_id
    where writes.loaded_through > {{ built_through() }}
    union
    {{ orders_received() }}
{%- endmacro %}

{% macro orders_received() -%}
    select shop_id, order_id
    from {{ ref('int_returns__receipts') }}
    where loaded_through > {{ built_through() }} and order_id is not null
{%- endmacro %}

{#- The pre-hook of receipts of returns: what was taken in anew, and what a changed return has to do with. -#}
{% macro delete_changed_receipts() -%}
    {{ delete_changed_keys(
        [ref('int_returns__receipts_reported')], 'system, return_reference', also=receipts_of_changed_returns()
    ) }}
{%- endmacro %}

{% macro receipts_of_changed_returns() -%}
    select system, return_reference
    from {{ this }}
    where return_reference in (
        select return_id
        from {{ ref('stg_tiktok_shop__returns') }}
        where (shop_id, order_id) in (
            select shop_id, order_id from {{ ref('int_returns__changes') }} where loaded_through > {{ built_through() }}
        )
    )
{%- endmacro %}

{#- Orders of returns whose clocks run, and of those that were restocked since. -#}
{% macro returns_open() -%}
    select shop_id, order_id from {{ this }} where is_open
    union
    select shop_id, order_id from {{ ref('int_returns__restocks') }} where loaded_through > {{ built_through() }}
{%- endmacro %}
