{#-
Transactions of NetSuite as last seen: our journals and others' entries, one row each. One that lost our key moves from
one list to the other under the same id; the one not deleted counts, then the one seen last.
-#}
{% macro netsuite_transactions() -%}
    select *
    from (
        select *, true as is_listed_as_ours from ({{ latest_versions(source('raw_netsuite', 'journal_entries')) }}) as ours
        union all
        select *, false as is_listed_as_ours
        from ({{ latest_versions(source('raw_netsuite', 'other_entries')) }}) as others
    ) as transactions
    qualify row_number() over (partition by id order by is_deleted, observed_at desc, is_listed_as_ours desc) = 1
{%- endmacro %}
