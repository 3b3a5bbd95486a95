{#-
The CTE `fetched`: the rows of a wide table whose keys are in the CTE `found`, for a few changed keys. They are found by
their keys alone, and fetched by their rows: a join would read all columns of all.
-#}
{% macro fetched_rows(relation, found, keys, fetched) -%}
    {%- if builds_changed_keys() %}
    {{ fetched }}_found as materialized (
        select rowid as found_row
        from {{ relation }}
        semi join {{ found }} using ({{ keys }})
    ),

    {{ fetched }} as materialized (
        select every.*
        from {{ fetched }}_found
        inner join {{ relation }} as every on {{ fetched }}_found.found_row = every.rowid
    )
    {%- else %}
    {{ fetched }} as not materialized (
        select * from {{ relation }}
        semi join {{ found }} using ({{ keys }})
    )
    {%- endif %}
{%- endmacro %}
