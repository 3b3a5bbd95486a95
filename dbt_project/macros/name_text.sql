{#-
A name as the source gives it, and '' where it gives none: absent, null, empty or of blanks alone. Never null, so that it
can stand in a key. Blanks around a name are part of it: a similar name is no proof.
-#}
{% macro name_text(text) -%}
    if(regexp_full_match(coalesce({{ text }}, ''), '[\s\pZ\pC]*'), '', {{ text }})
{%- endmacro %}
