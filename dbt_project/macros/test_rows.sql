{#-
dbt's own tests, giving the whole rows that fail: what fails is held by the keys of its row. Counted as they are, they cost
what they did, for a count reads no more columns than the condition needs.
-#}
{% macro default__test_not_null(model, column_name) %}
select * from {{ model }} where {{ column_name }} is null
{% endmacro %}

{% macro default__test_unique(model, column_name) %}
{{ rows_that_share(model, [column_name], column_name ~ ' is not null') }}
{% endmacro %}

{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
select * from {{ model }}
where {{ column_name }} not in (
    {%- for value in values %} {{ "'" ~ value ~ "'" if quote else value }}{{ ',' if not loop.last }} {%- endfor %}
)
{% endmacro %}

{% macro default__test_relationships(model, column_name, to, field) %}
with child as (select * from {{ model }})

select child.*
from child
anti join {{ to }} as parent on child.{{ column_name }} = parent.{{ field }}
where child.{{ column_name }} is not null
{% endmacro %}

{#- The rows of a relation that share the values of these columns with another row of it. -#}
{% macro rows_that_share(model, keys, condition='true') %}
with candidates as (select * from {{ model }} where {{ condition }})

select candidates.*
from candidates
semi join (
    select {{ keys | join(', ') }}
    from candidates
    group by {{ keys | join(', ') }}
    having count(*) > 1
) as shared
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}candidates.{{ key }} is not distinct from shared.{{ key }}
        {%- endfor %}
{% endmacro %}
