{#- Items that GXO has reported: in its snapshots, its movements and its shipping advices. -#}
{% macro gxo_items_reported() -%}
    {{ items_reported([
        (source('raw_gxo', 'stock_levels'), '$.sku'),
        (source('raw_gxo', 'stock_adjustments'), '$.sku'),
        (source('raw_gxo', 'stock_receipts'), '$.lines[*].sku'),
        (source('raw_gxo', 'shipping_advices'), '$.lines[*].sku'),
    ]) }}
{%- endmacro %}
