{#- No two rows share these columns. -#}
{% test unique_together(model, keys) %}
{{ rows_that_share(model, keys) }}
{% endtest %}
