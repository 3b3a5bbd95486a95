{#- Whether a number can be one of the channel's orders and returns: theirs have seventeen to nineteen digits. -#}
{% macro is_channel_number(number) -%}
    regexp_full_match({{ number }}, '[0-9]{17,19}')
{%- endmacro %}
