{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook=["{{ delete_changed_settled_orders() }}", "{{ delete_progress_row() }}"]
    )
}}

-- Settled orders that say something else of their money than their settlement lines do, and refunds beyond what was
-- sold; an order without a contradiction has no row. How much was sold is compared in int_settlements__order_breaks,
-- and what a settlement repeats of an order where it was sold in one line. One row names no order: its `loaded_through`
-- says how far this has been built.
{%- set kept = 'sold + discount + refunded + refunded_discount' %}
{%- set once = 'sale_count = 1 and refund_count = 0 and not is_free' %}
{%- set rules = [
    ('created at another time than its settlement says', 'first_created_at <> created_at or last_created_at <> created_at'),
    ('in another currency than its statement', 'first_currency <> currency or last_currency <> currency'),
    ('for free, and settled as sold', 'is_free and ' ~ kept ~ ' > 0'),
    ('cancelled, and not refunded', "order_status = 'CANCELLED' and " ~ kept ~ ' > 0'),
    ('delivered, and on its way', "order_status in ('IN_TRANSIT', 'PARTIALLY_SHIPPING') and delivered_at is not null"),
    ('another discount by the seller', once ~ ' and -discount not in (seller_discount, active_seller_discount)'),
    ('another price of shipping', once ~ ' and buyer_shipping <> 0 and buyer_shipping not in ('
        ~ paid('shipping_fee') ~ ', ' ~ paid('original_shipping_fee') ~ ', '
        ~ paid('shipping_fee') ~ ' + ' ~ paid_or_none('shipping_fee_platform_discount') ~ ')'),
    ('the buyer paid another sum', once ~ ' and buyer_paid <> 0 and buyer_paid not in (total_amount, total_amount - '
        ~ paid_or_none('tax') ~ ', total_amount - ' ~ paid_or_none('tax') ~ ' - ' ~ paid_or_none('retail_delivery_fee')
        ~ ', ' ~ paid_or_none('sub_total') ~ ')'),
    ('more discount taken back than given', 'refunded_discount > -discount and -refunded <= if(sold > 0, sold, ordered)'),
] %}

with found_settlements as not materialized (
    {{ rows_of_changed_orders(ref('int_settlements__transactions'), 'settled_order_id', 'settled_order_number') }}
),

found_lines as not materialized (
    {{ rows_of_changed_orders(ref('int_orders__lines'), 'order_id', 'order_number') }}
),

settled as (
    select
        found.shop_id,
        found.found_order_id as order_id,
        {%- for column in ['sold', 'refunded', 'refunded_discount', 'buyer_shipping', 'buyer_paid'] %}
            coalesce(sum(found.{{ column }}_amount), 0) as {{ column }},
        {%- endfor %}
        coalesce(sum(found.seller_discount_amount), 0) as discount,
        count(*) filter (where found.sold_amount > 0) as sale_count,
        count(*) filter (where found.refunded_amount < 0) as refund_count,
        min(found.refunded_amount) as largest_refund,
        min(found.order_created_at) as first_created_at,
        max(found.order_created_at) as last_created_at,
        min(statements.currency) as first_currency,
        max(statements.currency) as last_currency,
        list(found.transaction_id order by found.transaction_id) as transaction_ids,
        max(found.loaded_through) as loaded_through
    from found_settlements as found
    left join {{ ref('stg_tiktok_shop__statements') }} as statements using (shop_id, statement_id)
    where found.found_order_id is not null and found.transaction_type = 'ORDER' and not found.is_surplus
    group by found.shop_id, found.found_order_id
    having not bool_or(found.is_quarantined or found.is_broken)
),

lines as (
    select
        shop_id,
        found_order_id as order_id,
        coalesce(sum(original_price_amount), 0) as ordered,
        coalesce(sum(seller_discount_amount), 0) as seller_discount,
        coalesce(sum(seller_discount_amount) filter (where not is_cancelled), 0) as active_seller_discount
    from found_lines
    group by shop_id, found_order_id
),

orders as (
    select
        *,
        is_sample or is_replacement as is_free
    from {{ ref('stg_tiktok_shop__orders') }}
    {{ only_changed_keys('shop_id, order_id') }}
    where not is_deleted and len(faults) = 0
),

compared as (
    select
        settled.* exclude (loaded_through),
        orders.currency,
        orders.total_amount,
        list_filter([
            {%- for text, condition in rules %}
                if({{ condition }}, '{{ text }}', null){{ ',' if not loop.last }}
            {%- endfor %}
        ], lambda text: text is not null) as contradictions,
        case
            when -refunded <= if(sold > 0, sold, ordered) then null
            when refund_count > 1 and -largest_refund <= if(sold > 0, sold, ordered) then 'RET-13'
            when refund_count > 0 then 'RET-07'
        end as refund_code,
        cast(-refunded - if(sold > 0, sold, ordered) as decimal(18, 4)) as excess_amount,
        greatest(settled.loaded_through, orders.loaded_through) as loaded_through
    from settled
    inner join orders using (shop_id, order_id)
    left join lines using (shop_id, order_id)
),

loads as (
    {{ newest_load([
        ref('int_settlements__transactions'), ref('stg_tiktok_shop__statement_transactions'), ref('stg_tiktok_shop__orders')
    ]) }}
)

select
    shop_id,
    order_id,
    currency,
    total_amount,
    contradictions,
    refund_code,
    excess_amount,
    transaction_ids,
    loaded_through
from compared
where len(contradictions) > 0 or refund_code is not null
union all
select
    '' as shop_id,
    '' as order_id,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as total_amount,
    cast([] as varchar[]) as contradictions,
    cast(null as varchar) as refund_code,
    cast(null as decimal(18, 4)) as excess_amount,
    cast([] as varchar[]) as transaction_ids,
    loaded_through
from loads
