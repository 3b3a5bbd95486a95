{#-
Every amount that settlement transactions are made of, one row each, by its path in TikTok Shop's record: the parts as
itemised, what their totals hold beyond them, adjustments and reserves. Both arguments are names of CTEs.
-#}
{% macro settlement_leaves(transactions, parts) -%}
    {%- for column, nested, flat in [
        ('revenue_parts', 'revenue.', 'flat.'), ('shipping_cost_parts', 'shipping_cost.', 'flat.'),
        ('fee_parts', 'fee_tax.fee.', 'flat.'), ('tax_parts', 'fee_tax.tax.', 'flat.'),
    ] %}
        select
            transactions.shop_id,
            transactions.transaction_id,
            unnest(map_keys(parts.{{ column }})) as field,
            unnest(map_values(parts.{{ column }})) as amount_text,
            if(transactions.is_flat, '{{ flat }}', '{{ nested }}') as prefix
        from {{ transactions }} as transactions
        inner join {{ parts }} as parts using (shop_id, transaction_id)
        union all
    {%- endfor %}
    select
        shop_id,
        transaction_id,
        unnest([
            {%- for key, sum in [
                ("'revenue.unitemised'", 'revenue_unitemised_amount'),
                ("'shipping_cost.unitemised'", 'shipping_cost_unitemised_amount'),
                ("'fee_tax.unitemised'", 'fee_tax_unitemised_amount'),
                ("'adjustment.' || transaction_type", 'adjustment_amount'),
                ("'reserve.' || coalesce(reserve_status, '')", 'reserve_amount'),
            ] %}
                {'field': {{ key }}, 'amount_text': cast({{ sum }} as varchar), 'prefix': ''}{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from {{ transactions }}
{%- endmacro %}
