{#-
A table is replaced by one statement. dbt's own materialization builds it under another name, renames twice and drops the
former one, which on small tables costs more than their query; DuckDB replaces a table within the transaction, so that a
failed or killed build leaves the former table here as well.
-#}
{% materialization atomic_table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set former = load_cached_relation(this) -%}
    {%- if former is not none and not former.is_table -%}
        {{ drop_relation_if_exists(former) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ replace_table(target_relation, compiled_code) }}
    {%- endcall %}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- With a contract the columns and their types are declared first, and the rows must fit them. -#}
{% macro replace_table(relation, query) -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(query) }}
        create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(query) }});
    {%- else -%}
        create or replace table {{ relation }} as ({{ query }});
    {%- endif -%}
{%- endmacro %}
