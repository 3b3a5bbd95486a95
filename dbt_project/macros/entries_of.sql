{#- A journal's lines as one text that is equal for equal lines in any order; lines of zero are left out. -#}
{% macro entries_of(account, debit, credit, memo="''") -%}
    array_to_string(
        list_sort(
            list(concat_ws(' ', coalesce({{ account }}, ''), {{ debit }}, {{ credit }}, coalesce({{ memo }}, '')))
            filter (where {{ debit }} <> 0 or {{ credit }} <> 0)
        ),
        chr(10)
    )
{%- endmacro %}
