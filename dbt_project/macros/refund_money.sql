{#-
What a refund is made of, as a return and each of its lines say it. Fees are what the buyer paid beside price, shipping
and tax; null where none is given. `refund` is the object read.
-#}
{% macro refund_money(refund) -%}
    {{ amount(refund ~ '.refund_total') }} as refund_amount,
    {{ amount(refund ~ '.refund_subtotal') }} as refund_subtotal,
    {{ amount(refund ~ '.refund_shipping_fee') }} as refund_shipping,
    {{ amount(refund ~ '.refund_tax') }} as refund_tax,
    cast(list_sum([
        {{ amount(refund ~ '.retail_delivery_fee') }},
        {{ amount(refund ~ '.buyer_service_fee') }}
    ]) as decimal(18, 4)) as refund_fees,
    nullif({{ refund }}.currency, '') as currency
{%- endmacro %}

{% macro refund_faults(refund) -%}
    {{ each_fault(amount_fault, [
        'refund_total', 'refund_subtotal', 'refund_shipping_fee', 'refund_tax', 'retail_delivery_fee',
        'buyer_service_fee',
    ], of=refund ~ '.', shown='refund_amount.') }},
    case
        when coalesce({{ refund }}.refund_total, '') <> ''
            then {{ currency_fault('refund_amount.currency', refund ~ '.currency') }}
        else {{ given_currency_fault('refund_amount.currency', refund ~ '.currency') }}
    end
{%- endmacro %}

{#- The type of that object. -#}
{% macro refund_fields() -%}
    {"currency": "VARCHAR", "refund_total": "VARCHAR", "refund_subtotal": "VARCHAR", "refund_shipping_fee": "VARCHAR",
     "refund_tax": "VARCHAR", "retail_delivery_fee": "VARCHAR", "buyer_service_fee": "VARCHAR"}
{%- endmacro %}
