{#- All statements, once accounts.csv has changed since this model was built: what it keeps follows from that. -#}
{% macro statements_of_other_accounts() -%}
    select shop_id, statement_id
    from {{ ref('int_settlements__changes') }}
    where (select coalesce(max(loaded_through), 0) from {{ ref('stg_config__account_map') }}) > {{ built_through() }}
{%- endmacro %}
