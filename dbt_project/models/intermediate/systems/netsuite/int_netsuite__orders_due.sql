{{ config(contract={'enforced': true}) }}

-- Released orders that must still be entered in NetSuite, once each; what it has, or was sent, is not proposed again.
with priced as (
    select
        shop_id,
        order_id,
        sum(unit_price_amount * quantity) as goods_amount,
        bool_and(coalesce(unit_price_amount >= 0, false)) as is_priced,
        list({
            'sku': item,
            'quantity': quantity,
            'price': {{ money_text('unit_price_amount') }},
            'discount': {{ money_text('unit_discount_amount') }}
        } order by item asc, unit_price_amount desc, unit_discount_amount asc) as lines
    from {{ ref('int_fulfilments__priced_lines') }}
    group by shop_id, order_id
),

written as (
    select
        due.*,
        priced.goods_amount,
        priced.is_priced,
        cast(to_json({
            'external_id': 'tieout-order-' || due.shop_id || '-' || due.order_id,
            'order_id': due.order_id,
            'purpose': 'N',
            'location': due.location,
            'service': coalesce(due.service, ''),
            'currency': due.currency,
            'ordered_on': strftime(due.created_at, '%Y-%m-%d'),
            'ship_by': coalesce(strftime(coalesce(due.ready_to_ship_due_at, due.in_transit_due_at), '%Y-%m-%d'), ''),
            'tracking_number': due.label_number,
            'shipping': {{ money_text('due.shipping_amount') }},
            'lines': priced.lines
        }) as varchar) as desired
    from {{ ref('int_fulfilments__ready') }} as due
    left join priced on due.shop_id = priced.shop_id and due.order_id = priced.order_id
    where due.system = 'netsuite'
)

select
    order_id,
    shop_id,
    desired,
    cast(coalesce(goods_amount, 0) + shipping_amount as decimal(18, 4)) as amount,
    currency,
    false as needs_approval,
    '' as approval_reason,
    coalesce(blocked_reason, if(is_priced, null, 'SYS-03: the price of a line cannot be read')) as blocked_reason
from written
