-- What orders that wait for shipping or collection sell their items for: one row per order, item, unit price and unit
-- discount (the seller's own, which the price is after).
select
    shop_id,
    order_id,
    item,
    unit_price_amount,
    unit_discount_amount,
    count(*) as quantity,
    sum(unit_tax_amount) as tax_amount
from {{ ref('int_fulfilments__priced_units') }}
group by shop_id, order_id, item, unit_price_amount, unit_discount_amount
