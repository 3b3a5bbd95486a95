{#- Whether a return of this stage gives the buyer of a line something for it. -#}
{% macro gives_back(stage) -%}
    {{ stage }} in ('refunding', 'refunded', 'replaced')
{%- endmacro %}

{#-
Whether what was given for a line settles it for a till that took it back: all of its price, whatever was given since
then, or what has no amount. `given` has `is_given`, `is_whole`, the sum as `given_amount`, and the newest as `given_at`.
-#}
{% macro settles_line(given, price, returned_at) -%}
    coalesce(
        {{ given }}.is_whole or {{ given }}.given_at >= {{ returned_at }} or {{ given }}.given_amount >= {{ price }},
        {{ given }}.is_given, false
    )
{%- endmacro %}
