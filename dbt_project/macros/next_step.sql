{#- What is due first of a return's actions; an action without a deadline is due last. -#}
{% macro next_step(actions) -%}
    list_sort(
        list_transform(
            list_filter(coalesce({{ actions }}, []), lambda next: next.action <> ''),
            lambda next: {'due_at': {{ epoch_instant('next.deadline') }}, 'action': next.action}
        ),
        'asc', 'nulls last'
    )[1]
{%- endmacro %}
