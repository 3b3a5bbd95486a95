{{ config(contract={'enforced': true}) }}

-- Released orders that must still be sent to Linnworks, once each; what it has, or was sent, is not proposed again.
with lines as (
    select
        shop_id,
        order_id,
        item,
        unit_price_amount,
        sum(quantity) as quantity,
        sum(tax_amount) as tax_amount
    from {{ ref('int_fulfilments__priced_lines') }}
    group by shop_id, order_id, item, unit_price_amount
),

priced as (
    select
        shop_id,
        order_id,
        sum(unit_price_amount * quantity) as goods_amount,
        bool_and(coalesce(unit_price_amount >= 0 and tax_amount >= 0, false)) as is_priced,
        list({
            'sku': item,
            'quantity': quantity,
            'price': {{ money_text('unit_price_amount') }},
            'tax': {{ money_text('tax_amount') }}
        } order by item asc, unit_price_amount desc) as lines
    from lines
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
            'received_at': strftime(due.created_at, '%Y-%m-%dT%H:%M:%SZ'),
            'paid_at': strftime(coalesce(due.paid_at, due.created_at), '%Y-%m-%dT%H:%M:%SZ'),
            'dispatch_by': strftime(
                coalesce(due.ready_to_ship_due_at, due.in_transit_due_at, due.paid_at, due.created_at),
                '%Y-%m-%dT%H:%M:%SZ'
            ),
            -- Of a tax that comes on top TikTok says how much it collected.
            'tax': if(shops.has_tax_on_top, 'channel', 'included'),
            'tracking_number': due.label_number,
            'lines': priced.lines
        }) as varchar) as desired
    from {{ ref('int_fulfilments__ready') }} as due
    inner join {{ ref('stg_config__shops') }} as shops
        on due.shop_id = shops.configured_shop_id and not shops.is_deleted
    left join priced on due.shop_id = priced.shop_id and due.order_id = priced.order_id
    where due.system = 'linnworks'
)

select
    order_id,
    shop_id,
    desired,
    cast(coalesce(goods_amount, 0) as decimal(18, 4)) as amount,
    currency,
    false as needs_approval,
    '' as approval_reason,
    coalesce(blocked_reason, if(is_priced, null, 'SYS-03: the price or tax of a line cannot be read')) as blocked_reason
from written
