-- What orders that wait for shipping or collection sell each unit of an item for, and the seller's own discount, which
-- the price is after. Units of a line are numbered from 1.
-- The price of a line item is what the seller gets for it, before what the platform adds or takes: its own price less
-- the seller's discount. Over the units that the line is split into it is spread in whole minor units, the first ones
-- taking what is left, so that the units of an order sum to its goods.
with waiting as (
    select
        shop_id,
        order_id,
        is_sample or is_replacement as is_free
    from {{ ref('int_fulfilments__orders') }}
    where order_status in ('AWAITING_SHIPMENT', 'AWAITING_COLLECTION')
),

units as (
    select
        units.*,
        waiting.is_free,
        count(*) over line_units as units_of_line,
        row_number() over (line_units order by units.item, units.unit_number) as place
    from {{ ref('int_fulfilments__units') }} as units
    inner join waiting on units.shop_id = waiting.shop_id and units.order_id = waiting.order_id
    window line_units as (partition by units.shop_id, units.order_id, units.order_line_id)
),

valued as (
    select
        units.*,
        case
            when units.is_free then 0
            else cast((lines.original_price_amount - coalesce(lines.seller_discount_amount, 0)) * 100 as bigint)
        end as price_minor,
        if(units.is_free, 0, cast(coalesce(lines.seller_discount_amount, 0) * 100 as bigint)) as discount_minor,
        if(units.is_free, 0, cast(lines.tax_amount * 100 as bigint)) as tax_minor
    from units
    inner join {{ ref('stg_tiktok_shop__order_lines') }} as lines
        on
            units.shop_id = lines.shop_id
            and units.order_id = lines.order_id
            and units.order_line_id = lines.order_line_id
),

spread as (
    select
        *,
        price_minor // units_of_line + cast(place <= price_minor % units_of_line as integer) as unit_price_minor,
        discount_minor // units_of_line
        + cast(place <= discount_minor % units_of_line as integer) as unit_discount_minor,
        tax_minor // units_of_line + cast(place <= tax_minor % units_of_line as integer) as unit_tax_minor
    from valued
)

select
    shop_id,
    order_id,
    order_line_id,
    item,
    place as unit_of_line,
    units_of_line,
    cast(unit_price_minor * 0.01 as decimal(18, 4)) as unit_price_amount,
    cast(unit_discount_minor * 0.01 as decimal(18, 4)) as unit_discount_amount,
    cast(unit_tax_minor * 0.01 as decimal(18, 4)) as unit_tax_amount
from spread
