{#-
Items that any version of a newly landed record names, and in which load: an item that a record no longer names has
changed as well. `tables`: raw tables, each with the path of the items in a payload.
-#}
{% macro items_reported(tables) -%}
    {%- for relation, path in tables %}
    select
        {% if '[*]' in path %}unnest(versions.payload ->> '{{ path }}'){% else %}versions.payload ->> '{{ path }}'{% endif %} as item,
        landed.loaded_through
    from {{ relation }} as versions
    inner join (
        select
            shop_id,
            id,
            max({{ load_sequence('load_id') }}) as loaded_through
        from {{ relation }}
        {%- if builds_changed_keys() %}
        where load_id > {{ built_through_load() }}
        {%- endif %}
        group by shop_id, id
    ) as landed on versions.shop_id = landed.shop_id and versions.id = landed.id
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
