{#-
Incremental models rebuild the keys that were changed since they were last built, and nothing else.

Every row carries `loaded_through`: the newest load that had a say in it, as a number that grows with time. A model's
own newest `loaded_through` is its watermark; an upstream row above it makes its key a changed one. The pre-hook notes the
changed keys in a temporary table and deletes their old rows, also of keys that have vanished; the model then selects
the changed keys only, and appends.
-#}
{% macro changed_keys() -%}changed_keys__{{ this.identifier }}{%- endmacro %}

{#- A load id is the text of an instant, as 20260219T010000.000000Z; in tenths of a microsecond it sorts as time does. -#}
{% macro load_sequence(load_id) -%}
    epoch_us(strptime({{ load_id }}, '%Y%m%dT%H%M%S.%fZ')) * 10
{%- endmacro %}

{#-
The watermark, as a constant of the session: a filter by a constant is pushed down to the scan, where it skips what was
stored before; a filter by a subquery is not.
-#}
{% macro built_through() -%}getvariable('built_through'){%- endmacro %}

{#- The same as the text of a load id, so that raw rows need not be parsed to be compared. -#}
{% macro built_through_load() -%}getvariable('built_through_load'){%- endmacro %}

{#-
keys: of this model; upstream_keys: what they are called upstream; stamp: upstream's expression of its newest load;
also: a query of further keys, for what no load of their own reveals.
-#}
{% macro delete_changed_keys(upstreams, keys, upstream_keys=none, stamp='loaded_through', also=none) -%}
    {%- if builds_changed_keys() %}
    set variable built_through = (select coalesce(max(loaded_through), 0) from {{ this }});
    set variable built_through_load = strftime(make_timestamp(getvariable('built_through') // 10), '%Y%m%dT%H%M%S.%fZ');
    create or replace temp table {{ changed_keys() }} as
    {%- for upstream in upstreams %}
    select {{ upstream_keys or keys }} from {{ upstream }} where {{ is_newer(stamp) }}
    {%- if not loop.last %} union {%- endif %}
    {%- endfor %}
    {%- if also %} union ({{ also }}) {%- endif %};
    delete from {{ this }} where ({{ keys }}) in (select {{ upstream_keys or keys }} from {{ changed_keys() }});
    {%- endif %}
{%- endmacro %}

{% macro is_newer(stamp) -%}
    {%- if stamp == load_sequence('load_id') -%} load_id > {{ built_through_load() }}
    {%- else -%} {{ stamp }} > {{ built_through() }}
    {%- endif -%}
{%- endmacro %}

{#- Restricts an upstream to the changed keys; nothing on a full build. -#}
{% macro only_changed_keys(keys) -%}
    {%- if builds_changed_keys() %} semi join {{ changed_keys() }} using ({{ keys }}) {%- endif %}
{%- endmacro %}

{#- A table that is joined to few changed keys: what is not theirs would be hashed as well, and is left out first. -#}
{% macro of_changed(relation, keys='shop_id, order_id') -%}
    {%- if builds_changed_keys() -%} (select * from {{ relation }} semi join {{ changed_keys() }} using ({{ keys }}))
    {%- else -%} {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- How far a model has been built, for a row that says so of all of them; what was loaded before is not read again. -#}
{% macro newest_load(upstreams) -%}
    select max(loaded_through) as loaded_through
    from (
        {%- for upstream in upstreams %}
        select max(loaded_through) as loaded_through from {{ upstream }}
        {%- if builds_changed_keys() %} where loaded_through > {{ built_through() }} {%- endif %}
        union all
        {%- endfor %}
        select {{ built_through() if builds_changed_keys() else 'null' }}
    ) as newest
{%- endmacro %}

{#- An id as a whole number, which is read and compared in a fifth of the time of its text; 0 where it is no number. -#}
{% macro id_number(id) -%}
    if(cast(try_cast({{ id }} as bigint) as varchar) = {{ id }}, cast({{ id }} as bigint), 0)
{%- endmacro %}

{#- Rows of the few changed orders of a large table, found by the number of their order; `found_order_id` is its id. -#}
{% macro rows_of_changed_orders(table, order_id, order_number) -%}
    {%- if builds_changed_keys() %}
        select lines.*, orders.order_id as found_order_id
        from {{ table }} as lines
        inner join (select *, {{ id_number('order_id') }} as order_number from {{ changed_keys() }}) as orders
            on lines.shop_id = orders.shop_id and lines.{{ order_number }} = orders.order_number
        where lines.{{ order_number }} <> 0
        union all
        select lines.*, lines.{{ order_id }} as found_order_id
        from {{ table }} as lines
        where
            lines.{{ order_number }} = 0
            and (lines.shop_id, lines.{{ order_id }}) in (select shop_id, order_id from {{ changed_keys() }})
    {%- else %}
        select *, {{ order_id }} as found_order_id from {{ table }}
    {%- endif %}
{%- endmacro %}
