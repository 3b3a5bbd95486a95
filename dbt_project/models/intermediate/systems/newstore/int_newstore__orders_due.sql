{{ config(contract={'enforced': true}) }}

-- Released orders that NewStore must still be given, once each; what it has, or was sent, is not proposed again.
-- NewStore counts no quantities: each unit is a line, known by TikTok Shop's line item and its number among its units.
with priced as (
    select
        shop_id,
        order_id,
        sum(unit_price_amount) as goods_amount,
        bool_and(coalesce(unit_price_amount >= 0, false)) as is_priced,
        list({
            'id': if(units_of_line = 1, order_line_id, order_line_id || '-' || unit_of_line),
            'sku': item,
            'quantity': 1,
            'price': {{ money_text('unit_price_amount') }},
            'discount': {{ money_text('unit_discount_amount') }}
        } order by order_line_id asc, unit_of_line asc) as lines
    from {{ ref('int_fulfilments__priced_units') }}
    group by shop_id, order_id
),

written as (
    select
        due.*,
        priced.goods_amount,
        priced.is_priced,
        cast(to_json({
            'order_id': due.order_id,
            'purpose': 'N',
            'location': due.location,
            'service': coalesce(due.service, ''),
            'currency': due.currency,
            -- TikTok Shop collects and owes a tax that comes on top.
            'price_method': if(shops.has_tax_on_top, 'tax_excluded', 'tax_included'),
            'placed_at': strftime(due.created_at, '%Y-%m-%dT%H:%M:%SZ'),
            'paid_at': strftime(coalesce(due.paid_at, due.created_at), '%Y-%m-%dT%H:%M:%SZ'),
            'tracking_number': due.label_number,
            'shipping': {{ money_text('due.shipping_amount') }},
            'lines': priced.lines
        }) as varchar) as desired
    from {{ ref('int_fulfilments__ready') }} as due
    inner join {{ ref('stg_config__shops') }} as shops
        on due.shop_id = shops.configured_shop_id and not shops.is_deleted
    left join priced on due.shop_id = priced.shop_id and due.order_id = priced.order_id
    where due.system = 'newstore'
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
