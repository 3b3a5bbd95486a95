{#-
The CTE `kept`: every version of the changed records. Their payloads are fetched by their rows: a filter on what they say
would read those of all.
-#}
{% macro kept_versions(relation) -%}
    {%- if builds_changed_keys() %}
    changed as materialized (
        select rowid as version_row
        from {{ relation }}
        {{ only_changed_keys('shop_id, id') }}
    ),

    kept as materialized (
        select every.*
        from changed
        inner join {{ relation }} as every on changed.version_row = every.rowid
    )
    {%- else %}
    kept as not materialized (
        select * from {{ relation }}
    )
    {%- endif %}
{%- endmacro %}
