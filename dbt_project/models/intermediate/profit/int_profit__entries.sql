-- Every amount that makes up profit, by line item, step and day: all figures of profit are sums of these rows. What an
-- order earned is shared among its line items by their price less the seller's discount, in pennies, the largest
-- remainders first; what is of no order, or of one without line items, has none.
with settled as (
    select
        shop_id,
        order_id,
        step,
        margin,
        on_day,
        currency,
        sum(amount) as amount
    from {{ ref('int_profit__settled') }}
    group by shop_id, order_id, step, margin, on_day, currency
),

lines as (
    select
        *,
        count(*) over (partition by shop_id, order_id) as line_count,
        sum(weight) over (partition by shop_id, order_id) as order_weight
    from {{ ref('int_profit__order_lines') }}
),

weighed as (
    select
        settled.*,
        lines.order_line_id,
        lines.item,
        if(lines.order_weight > 0, lines.weight, 1) as weight,
        if(lines.order_weight > 0, lines.order_weight, lines.line_count) as whole_weight,
        cast(trunc(abs(settled.amount) * 100) as hugeint) as pennies
    from settled
    left join lines on settled.shop_id = lines.shop_id and settled.order_id = lines.order_id
),

shared as (
    select
        *,
        coalesce(pennies * weight // whole_weight, pennies) as whole_pennies,
        row_number() over (
            partition by shop_id, order_id, step, on_day, currency
            order by pennies * weight % whole_weight desc, order_line_id asc
        ) as place
    from weighed
),

-- A fraction of a penny, which a settlement may have, is with the first.
settled_entries as (
    select
        *,
        sign(amount) * (
            (whole_pennies + if(place <= pennies - sum(whole_pennies) over order_of_line, 1, 0))
            * cast(0.01 as decimal(3, 2))
            + if(place = 1, abs(amount) - cast(pennies as decimal(18, 0)) * cast(0.01 as decimal(3, 2)), 0)
        ) as share_amount
    from shared
    window order_of_line as (partition by shop_id, order_id, step, on_day, currency)
),

-- Goods are a cost when their sale is settled, samples when they are ordered. A unit without a known cost is counted.
sold as (
    select
        shop_id,
        order_id,
        min(on_day) as on_day
    from {{ ref('int_profit__settled') }}
    where step = 'gross_sales' and amount > 0
    group by shop_id, order_id
)

select
    shop_id,
    order_id,
    order_line_id,
    item,
    step,
    margin,
    on_day,
    currency,
    cast(share_amount as decimal(18, 4)) as amount,
    0 as units,
    0 as units_without_cost
from settled_entries
union all by name
select
    lines.shop_id,
    lines.order_id,
    lines.order_line_id,
    lines.item,
    if(lines.is_sample, 'samples', 'cost_of_goods') as step,
    if(lines.is_sample, 3, 1) as margin,
    if(lines.is_sample, lines.on_day, sold.on_day) as on_day,
    lines.currency,
    -coalesce(lines.unit_cost_amount, 0) as amount,
    1 as units,
    if(lines.unit_cost_amount is null, 1, 0) as units_without_cost
from lines
left join sold on lines.shop_id = sold.shop_id and lines.order_id = sold.order_id
where lines.is_sample or sold.order_id is not null
