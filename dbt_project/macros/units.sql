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
