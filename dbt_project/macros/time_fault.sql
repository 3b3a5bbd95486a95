{#- A fault for a time that must be given, in seconds since 1970, of 2015 to 2099. 0 and absent mean "not yet". -#}
{% macro time_fault(field, text) -%}
    case
        when not coalesce(try_cast({{ text }} as bigint) between 1420070400 and 4102444799, false)
            then {
                'field': '{{ field }}',
                'value': coalesce({{ text }}, ''),
                'reason': if(coalesce({{ text }}, '') = '', 'required but not supplied', 'not a time in seconds')
            }
    end
{%- endmacro %}

{#- A fault for a time that may be given, and is something else than a time. -#}
{% macro given_time_fault(field, text) -%}
    case when coalesce({{ text }}, '') not in ('', '0') then {{ time_fault(field, text) }} end
{%- endmacro %}
