{#- Severity rises a step when half of a clock has run, and another at four fifths of it; `base` 3 is S3. -#}
{% macro severity_by_clock(base, from_at, due_at, as_of) -%}
    'S' || greatest(1, {{ base }} - coalesce(
        cast({{ as_of }} >= {{ from_at }} + ({{ due_at }} - {{ from_at }}) / 2 as integer)
        + cast({{ as_of }} >= {{ from_at }} + ({{ due_at }} - {{ from_at }}) * 4 / 5 as integer),
        0
    ))
{%- endmacro %}
