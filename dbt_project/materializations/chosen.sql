{#-
How models are materialized: by the three of this folder, or with `--vars 'materializations: stock'` by dbt's own, whose
rows are the same and whose builds take longer (docs/dbt-accelerator.md).
-#}
{% macro changed_keys_incremental() -%}
    {{ return('incremental' if var('materializations', '') == 'stock' else 'changed_keys_incremental') }}
{%- endmacro %}

{% macro atomic_table() -%}
    {{ return('table' if var('materializations', '') == 'stock' else 'atomic_table') }}
{%- endmacro %}

{% macro atomic_view() -%}
    {{ return('view' if var('materializations', '') == 'stock' else 'atomic_view') }}
{%- endmacro %}

{#- Whether this run builds the changed keys of a model alone: its table is there, and no full refresh is asked for. -#}
{% macro builds_changed_keys() -%}
    {%- if not execute or model.config.materialized not in ('changed_keys_incremental', 'incremental') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set present = load_cached_relation(this) -%}
    {{ return(present is not none and present.type == 'table' and not should_full_refresh()) }}
{%- endmacro %}
