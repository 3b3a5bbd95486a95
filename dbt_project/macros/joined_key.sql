{#- A key joined of several columns. One of them that is missing shows as (none), and never takes the whole key away. -#}
{% macro joined_key(parts, between='/') -%}
    {%- for part in parts -%}
        coalesce(cast({{ part }} as varchar), '(none)')
        {%- if not loop.last %} || '{{ between }}' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}
