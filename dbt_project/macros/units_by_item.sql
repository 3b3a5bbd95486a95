{#- A list of items, one entry a unit, as text: 2 x A, 1 x B. -#}
{% macro units_by_item(items) -%}
    array_to_string(
        list_transform(
            list_sort(list_distinct({{ items }})),
            lambda item: len(list_filter({{ items }}, lambda other: other = item)) || ' x ' || item
        ),
        ', '
    )
{%- endmacro %}

{#- Aggregates rows of an item and how many there are of it into such a list. -#}
{% macro listed_units(item, units) -%}
    flatten(list(list_transform(range(coalesce({{ units }}, 0)), lambda unit_number: {{ item }}) order by {{ item }}))
{%- endmacro %}
