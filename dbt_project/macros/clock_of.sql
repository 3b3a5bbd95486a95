{#-
How long something about a return may last before it is an exception, where no setting says so. docs/returns.md lists
the same: what tieout read waits, the longer the less often it is read.
-#}
{% macro clock_of(name) -%}
    {%- set clocks = {
        'request unanswered': '15 minute',
        'receipt': '15 minute',
        'mirror behind': '1 hour',
        'counterpart': '1 hour',
        'document missing': '1 day',
        'gone and asked for': '90 day',
        'other goods at a till': '30 day',
    } -%}
    interval {{ clocks[name] }}
{%- endmacro %}
