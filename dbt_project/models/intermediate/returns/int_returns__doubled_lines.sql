-- Lines of orders for which returns ask more than was paid, all together or one that names it twice. One row per line;
-- those that are refused or closed ask for nothing, and a replacement pays nothing.
select
    lines.shop_id,
    lines.order_id,
    lines.order_line_id,
    sum(lines.refund_subtotal) as refund_subtotal,
    any_value(lines.sale_price_amount) as sale_price_amount,
    any_value(returned.currency) as currency,
    bool_and(returned.stage in ('refunding', 'refunded')) as is_refunded,
    list(distinct lines.return_id order by lines.return_id) as return_ids
from {{ ref('int_returns__lines') }} as lines
inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
where
    lines.is_shared
    and lines.is_sold
    and (
        returned.stage in ('refunding', 'refunded')
        or (
            returned.return_type in ('REFUND', 'RETURN_AND_REFUND')
            and returned.stage in ('requested', 'offered', 'approved', 'shipped')
        )
    )
group by lines.shop_id, lines.order_id, lines.order_line_id
having count(*) > 1 and sum(lines.refund_subtotal) > any_value(lines.sale_price_amount)
