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
