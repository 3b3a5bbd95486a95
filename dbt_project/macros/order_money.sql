{#-
What an order's payment part must add up to, from the texts of `payment_texts` (fact sheet tiktok_shop 3.2). A figure
that is not supplied is null, and what needs it is not asked.
-#}
{% macro paid(field) -%}try_cast(payment_texts.{{ field }} as decimal(18, 4)){%- endmacro %}

{#- The same, where not supplied means nothing. -#}
{% macro paid_or_none(field) -%}coalesce({{ paid(field) }}, 0){%- endmacro %}

{#-
What shipping is worth to the seller: its list price less the seller's own discount, which is what the buyer paid and what
the platform added. Nothing for an order that nobody pays.
-#}
{% macro shipping_worth() -%}
    case
        when is_sample or is_replacement then cast(0 as decimal(18, 4))
        else coalesce(
            {{ paid('original_shipping_fee') }} - {{ paid_or_none('shipping_fee_seller_discount') }},
            {{ paid('shipping_fee') }} + {{ paid_or_none('shipping_fee_platform_discount') }},
            0
        )
    end
{%- endmacro %}

{#- What goods are worth to the seller, likewise; null where that was not supplied. -#}
{% macro goods_worth() -%}
    case
        when is_sample or is_replacement then cast(0 as decimal(18, 4))
        else {{ paid('original_total_product_price') }} - {{ paid_or_none('seller_discount') }}
    end
{%- endmacro %}

{#- Fees that only some markets have. What the buyer pays may hold them. -#}
{% macro market_fees() -%}
    (
        {%- for field in [
            'buyer_service_fee', 'handling_fee', 'shipping_insurance_fee', 'item_insurance_fee', 'item_insurance_tax',
            'small_order_fee', 'distance_shipping_fee', 'distance_fee', 'payment_discount_service_fee',
        ] %}
        {{ paid_or_none(field) }}{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
