{#-
A count of units as text; null where it is none: a fraction, or beyond what any warehouse holds and would not
add up.
-#}
{% macro units(text) -%}
    case
        when regexp_full_match({{ text }}, '\s*[+-]?0*[0-9]{1,8}([.]0*)?\s*')
            then try_cast({{ text }} as integer)
    end
{%- endmacro %}

{#- The same of what is never less than none. -#}
{% macro counted_units(text) -%}
    case when {{ units(text) }} >= 0 then {{ units(text) }} end
{%- endmacro %}
