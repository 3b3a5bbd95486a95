{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook=[
            "{{ delete_changed_keys([ref('stg_tiktok_shop__orders')], 'shop_id, order_id') }}",
            "{{ delete_progress_row() }}"
        ]
    )
}}

-- Orders whose own figures contradict each other; one without a contradiction has no row, nor has one of which a part
-- cannot be read. What the payment sums up may be all lines or those not cancelled: no document says which of them
-- it keeps after a cancellation. One row names no order: its `loaded_through` says how far this has been built.
{%- set net = paid('original_total_product_price') ~ ' - ' ~ paid_or_none('seller_discount') ~ ' - '
    ~ paid_or_none('platform_discount') %}
{%- set rules = [
    ('no line_items', 'line_count is null'),
    ('no payment.total_amount', 'total_amount is null'),
    ('no create_time', 'created_at is null'),
    ('paid before it was created', 'paid_at < created_at'),
    ('payment.total_amount is negative', 'total_amount < 0'),
    ('a line has a negative price or discount', 'least_amount < 0'),
    ('a line has no original_price', 'is_unpriced'),
    ('a line is there twice', 'is_repeated'),
    ('a line has another currency than the payment', 'len(list_filter(currencies, lambda c: c <> currency)) > 0'),
    ('the sale_price of a line is not original_price less discounts', 'is_odd'),
    ('payment.original_total_product_price is not the sum of its lines',
        paid('original_total_product_price') ~ ' not in (original_price, active_original_price)'),
    ('payment.seller_discount is not the sum of its lines',
        paid('seller_discount') ~ ' not in (seller_discount, active_seller_discount)'),
    ('payment.platform_discount is not the sum of its lines',
        paid('platform_discount') ~ ' not in (platform_discount, active_platform_discount) and '
        ~ paid('platform_discount') ~ ' + ' ~ paid_or_none('payment_platform_discount') ~ ' <> platform_discount'),
    ('payment.sub_total is not its price less discounts',
        paid('sub_total') ~ ' not in (' ~ net ~ ', ' ~ net ~ ' - ' ~ paid_or_none('payment_platform_discount') ~ ')'),
    ('payment.shipping_fee is not its price less discounts',
        paid('shipping_fee') ~ ' <> ' ~ paid('original_shipping_fee')
        ~ ' - ' ~ paid_or_none('shipping_fee_seller_discount') ~ ' - ' ~ paid_or_none('shipping_fee_platform_discount')
        ~ ' - ' ~ paid_or_none('shipping_fee_cofunded_discount')),
    ('payment.tax is not the sum of its parts',
        paid('tax') ~ ' <> ' ~ paid('product_tax') ~ ' + ' ~ paid('shipping_fee_tax')),
    ('payment.product_tax is not the sum of its lines',
        'tax <> 0 and ' ~ paid('product_tax') ~ ' not in (tax, active_tax)'),
    ('payment.total_amount is not goods, shipping and taxes',
        'total_amount - ' ~ paid('sub_total') ~ ' - ' ~ paid('shipping_fee') ~ ' - ' ~ paid_or_none('tax') ~ ' - '
        ~ paid_or_none('retail_delivery_fee') ~ ' not between -' ~ paid_or_none('payment_platform_discount')
        ~ ' and ' ~ market_fees()),
    ('payment.total_amount is less than the lines',
        paid('sub_total') ~ ' is null and total_amount < active_sale_price'),
] %}

with orders as (
    select * from {{ ref('stg_tiktok_shop__orders') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted and len(faults) = 0
),

lines as (
    select
        shop_id,
        order_id,
        {%- for column in ['original_price', 'seller_discount', 'platform_discount', 'sale_price', 'tax'] %}
            coalesce(sum({{ column }}_amount), 0) as {{ column }},
            coalesce(sum({{ column }}_amount) filter (where line_status is distinct from 'CANCELLED'), 0)
                as active_{{ column }},
        {%- endfor %}
        min(
            least(original_price_amount, sale_price_amount, seller_discount_amount, platform_discount_amount)
        ) as least_amount,
        bool_or(original_price_amount is null) as is_unpriced,
        bool_or(
            sale_price_amount <> original_price_amount
            - coalesce(seller_discount_amount, 0) - coalesce(platform_discount_amount, 0)
        ) as is_odd,
        count(*) <> count(distinct order_line_id) as is_repeated,
        count(*) as line_count,
        max(len(faults)) > 0 as is_held,
        list(distinct currency order by currency) filter (where currency <> '') as currencies
    from {{ ref('stg_tiktok_shop__order_lines') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted
    group by shop_id, order_id
),

found as (
    select
        orders.shop_id,
        orders.order_id,
        orders.currency,
        orders.total_amount,
        list_concat(
            list_filter([
                {%- for text, condition in rules %}
                    if({{ condition }}, '{{ text }}', null){{ ',' if not loop.last }}
                {%- endfor %}
            ], lambda text: text is not null),
            list_transform(coalesce(lost.lost_names, []), lambda name: name || ' was there before, and is missing now')
        ) as contradictions,
        orders.loaded_through
    from orders
    left join lines using (shop_id, order_id)
    left join {{ ref('stg_tiktok_shop__lost_values') }} as lost using (shop_id, order_id)
    where lines.is_held is distinct from true
),

loads as (
    {{ newest_load([ref('stg_tiktok_shop__orders')]) }}
)

select * from found
where len(contradictions) > 0
union all
select
    '' as shop_id,
    '' as order_id,
    '' as currency,
    cast(null as decimal(18, 4)) as total_amount,
    cast([] as varchar[]) as contradictions,
    loaded_through
from loads
