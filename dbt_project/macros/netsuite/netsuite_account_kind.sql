{#- What an account of NetSuite is to us, by its type. -#}
{% macro netsuite_account_kind(type) -%}
    case
        when {{ type }} = 'AcctRec' then 'receivables'
        when {{ type }} in ('Income', 'OthIncome', 'COGS', 'Expense', 'OthExpense') then 'result'
        when {{ type }} <> '' then 'balance_sheet'
    end
{%- endmacro %}
