{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'orders')], 'shop_id, order_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}


{%- set fees = ['retail_delivery_fee', 'buyer_service_fee', 'small_order_fee', 'distance_fee', 'pfand_fee'] %}

-- One TikTok Shop line item is one physical unit: there is no quantity.
with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'orders')) }}
),

units as (
    select
        shop_id,
        id as order_id,
        is_deleted,
        observed_at,
        loaded_through,
        unnest(
            from_json(
                payload -> '$.line_items',
                '[{"id": "VARCHAR", "product_id": "VARCHAR", "sku_id": "VARCHAR", "seller_sku": "VARCHAR",
                   "product_name": "VARCHAR", "sku_name": "VARCHAR", "display_status": "VARCHAR",
                   "currency": "VARCHAR", "original_price": "VARCHAR", "sale_price": "VARCHAR",
                   "seller_discount": "VARCHAR", "platform_discount": "VARCHAR", "item_tax": "VARCHAR",
                   "distance_shipping_fee": "VARCHAR", "shipping_vat_amount": "VARCHAR", "distance_fee": "VARCHAR",
                   "retail_delivery_fee": "VARCHAR", "buyer_service_fee": "VARCHAR", "small_order_fee": "VARCHAR",
                   "pfand_fee": "VARCHAR"}]'
            )
        ) as line
    from versions
),

taxed as (
    select
        *,
        from_json(line.item_tax, '[{"tax_amount": "VARCHAR"}]') as taxes
    from units
)

select
    shop_id,
    order_id,
    line.id as order_line_id,
    line.product_id,
    line.sku_id,
    {{ name_text('line.seller_sku') }} as seller_sku,
    {{ name_text('line.product_name') }} as product_name,
    {{ name_text('line.sku_name') }} as sku_name,
    line.display_status as line_status,
    line.currency,
    {{ amount('line.original_price') }} as original_price_amount,
    {{ amount('line.sale_price') }} as sale_price_amount,
    {{ amount('line.seller_discount') }} as seller_discount_amount,
    {{ amount('line.platform_discount') }} as platform_discount_amount,
    coalesce(list_sum(list_transform(taxes, lambda tax: {{ amount('tax.tax_amount') }})), 0) as tax_amount,
    {{ amount('line.distance_shipping_fee') }} as shipping_fee_amount,
    {{ amount('line.shipping_vat_amount') }} as shipping_vat_amount,
    cast(list_sum([
        {%- for fee in fees %}
            {{ amount('line.' ~ fee) }}{{ ',' if not loop.last }}
        {%- endfor %}
    ]) as decimal(18, 4)) as buyer_fees_amount,
    list_concat(
        {{ faults([
            missing_fault('id', 'line.id'),
            each_fault(text_fault, ['id', 'sku_id', 'seller_sku', 'display_status', 'currency'], of='line.'),
            each_fault(amount_fault, [
                'original_price', 'sale_price', 'seller_discount', 'platform_discount', 'distance_shipping_fee',
                'shipping_vat_amount',
            ] + fees, of='line.'),
            given_fault('item_tax', 'line.item_tax', "left(line.item_tax, 1) = '['", 'not a list'),
        ]) }},
        {{ faults_in('taxes', 'tax', [amount_fault('item_tax.tax_amount', 'tax.tax_amount')]) }}
    ) as faults,
    is_deleted,
    observed_at,
    loaded_through
from taxed
