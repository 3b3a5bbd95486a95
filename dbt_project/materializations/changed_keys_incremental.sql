{#-
A model of changed keys deletes the rows of its changed keys in its pre-hook (changed_keys.sql) and appends theirs, in one
transaction. dbt's own materialization asks the catalogue six times on the way; here it is asked once, whether the
columns are still the same, because a model whose columns have changed must be built anew as a whole.
-#}
{% materialization changed_keys_incremental, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set former = load_cached_relation(this) -%}
    {%- set is_appended = former is not none and former.is_table and not should_full_refresh() -%}
    {%- if former is not none and not former.is_table -%}
        {{ drop_relation_if_exists(former) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_appended -%}
        {%- do require_same_columns(target_relation, compiled_code) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {%- if is_appended -%}
            insert into {{ target_relation }} by name ({{ compiled_code }});
        {%- else -%}
            {{ replace_table(target_relation, compiled_code) }}
        {%- endif -%}
    {%- endcall %}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Names and types of a query's columns against a table's, without running the query. -#}
{% macro require_same_columns(relation, query) -%}
    {%- call statement('changed_columns', fetch_result=True) -%}
        with wanted as (select column_name, column_type from (describe {{ query }})),

        present as (select column_name, column_type from (describe {{ relation }}))

        (from wanted except from present) union all (from present except from wanted)
    {%- endcall -%}
    {%- set changed = load_result('changed_columns')['data'] -%}
    {%- if changed -%}
        {%- do exceptions.raise_compiler_error(
            "the columns of " ~ relation.identifier ~ " have changed (" ~ changed | map('join', ' ') | join(', ')
            ~ "): build everything anew with `tieout rebuild`, or this model with dbt's --full-refresh"
        ) -%}
    {%- endif -%}
{%- endmacro %}
