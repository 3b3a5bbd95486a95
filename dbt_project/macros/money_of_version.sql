{#-
What a version of a settlement line says of money, as one list of texts: figures as decimals, what they are for, and
parts by name, zeros and memo items left out. A version that says the same in other words has the same list.
-#}
{% macro money_of_version(fields) -%}
    list_concat(
        [
            {%- for field in [
                'type', 'reserve_status', 'settlement_amount', 'reserve_amount', 'adjustment_id', 'adjustment_amount',
                'revenue_amount', 'shipping_cost_amount', 'fee_tax_amount', 'fee_amount', 'gross_sales_amount',
                'seller_discount_amount', 'gross_sales_refund_amount', 'seller_discount_refund_amount',
                'platform_commission_amount', 'referral_fee_amount', 'transaction_fee_amount', 'affiliate_commission_amount',
            ] %}
            {{ plain_figure(fields ~ '.' ~ field) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        list_sort(
            list_transform(
                list_filter(
                    list_concat(
                        {%- for parts in [
                            'revenue_breakdown', 'shipping_cost_breakdown', 'fee_tax_breakdown.fee', 'fee_tax_breakdown.tax',
                        ] %}
                        map_entries({{ added_parts(fields ~ '.' ~ parts) }}){{ ',' if not loop.last }}
                        {%- endfor %}
                    ),
                    lambda e: try_cast(e.value as decimal(18, 4)) is distinct from 0
                ),
                lambda e: e.key || '=' || {{ plain_figure('e.value') }}
            )
        )
    )
{%- endmacro %}

{#- '10.0', '10.00' and '10' are one figure; '' and '0' say nothing. -#}
{% macro plain_figure(text) -%}
    if(
        try_cast({{ text }} as decimal(18, 4)) = 0,
        '',
        coalesce(cast(try_cast({{ text }} as decimal(18, 4)) as varchar), {{ text }}, '')
    )
{%- endmacro %}
