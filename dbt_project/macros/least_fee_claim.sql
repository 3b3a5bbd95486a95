{#- The least excess of a fee, in the statement's currency, that is worth a ticket to TikTok Shop: our own bound. -#}
{% macro least_fee_claim() -%}1{%- endmacro %}
