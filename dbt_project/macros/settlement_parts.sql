{#-
Which leaves of a settlement row are added up. Memo items say "part of ..." and aliases repeat a line: neither is ever
added (fact sheet tiktok_shop 7.3).
-#}
{% macro added_parts(breakdown) -%}
    map_from_entries(
        list_filter(
            coalesce(map_entries({{ breakdown }}), []),
            lambda e: e.key <> 'supplementary_component' and not contains(e.key, 'before_pit') and coalesce(e.value, '') <> ''
        )
    )
{%- endmacro %}

{#- The flat 202309 row carries its parts beside their totals and among memo fields, so they are named here. -#}
{% macro flat_parts(part) -%}
    {%- set fields = {
        'revenue': ['gross_sales_amount', 'gross_sales_refund_amount', 'seller_discount_amount', 'seller_discount_refund_amount'],
        'shipping_cost': ['shipping_cost_amount'],
        'fee': [
            'platform_commission_amount', 'referral_fee_amount', 'transaction_fee_amount', 'refund_administration_fee_amount',
            'affiliate_commission_amount', 'affiliate_partner_commission_amount', 'affiliate_ads_commission_amount',
        ],
        'tax': ['pit_amount', 'isr_income_tax_amount', 'iva_vat_amount'],
    } -%}
    map_from_entries(
        list_filter(
            coalesce(map_entries(flat), []),
            lambda e: e.key in ('{{ fields[part] | join("', '") }}') and coalesce(e.value, '') <> ''
        )
    )
{%- endmacro %}

{% macro sum_of_parts(parts) -%}
    cast(
        coalesce(
            list_sum(list_transform(map_values({{ parts }}), lambda v: {{ amount('v') }})), 0
        ) as decimal(18, 4)
    )
{%- endmacro %}
