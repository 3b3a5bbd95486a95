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

{#- Counts of items and locations as text: 2 x A at N, 1 x B at N. -#}
{% macro units_at(items, count) -%}
    coalesce(
        nullif(
            array_to_string(
                list_transform(
                    list_filter({{ items }}, lambda each: each.{{ count }} <> 0),
                    lambda each: each.{{ count }} || ' x ' || each.item || ' at ' || each.location
                ),
                ', '
            ),
            ''
        ),
        'none'
    )
{%- endmacro %}
