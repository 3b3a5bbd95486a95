{#-
Records of a system that staging could not read, a row per fault. records: entity, staging model, and the columns of
shop, id and parent, '' where there is none.
-#}
{% macro held_records(system, records) -%}
    {%- for entity, model, shop, key, parent in records %}
    select
        '{{ entity }}' as entity,
        {{ shop or "''" }} as shop_id,
        {{ key }} as record_id,
        {{ parent or "''" }} as parent_id,
        unnest(faults) as fault,
        observed_at
    from {{ ref('stg_' ~ system ~ '__' ~ model) }}
    where len(faults) > 0 and not is_deleted
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
