-- Every line item that was sold or sampled, with its weight among those of its order, and what its unit costs on the
-- day of the sale. A bundle costs what costs.csv says of it, else what its parts do; where a part has no cost, it has
-- none.
with lines as (
    select
        lines.shop_id,
        lines.order_id,
        lines.order_line_id,
        coalesce(skus.item, nullif(lines.seller_sku, ''), lines.sku_id) as item,
        lines.is_sample,
        lines.currency,
        cast(coalesce(lines.paid_at, lines.created_at) as date) as on_day,
        greatest(cast((lines.original_price_amount - lines.seller_discount_amount) * 10000 as hugeint), 0) as weight
    from {{ ref('int_orders__lines') }} as lines
    left join {{ ref('stg_config__sku_map') }} as skus
        on
            lines.shop_id = skus.shop_id
            and lines.seller_sku = skus.seller_sku
            and not skus.is_deleted
            and cast(coalesce(lines.paid_at, lines.created_at) as date) between skus.valid_from and skus.valid_to
    where not lines.is_cancelled and lines.paid_at is not null
),

costs as (
    select * from {{ ref('stg_config__cost_map') }}
    where not is_deleted
),

split as (
    {{ split_bundles('lines') }}
),

of_parts as (
    select
        split.shop_id,
        split.order_line_id,
        sum(costs.unit_cost_amount) as unit_cost_amount,
        bool_and(costs.cost_map_id is not null) as is_costed
    from split
    left join costs
        on
            split.item = costs.item
            and split.currency = costs.currency
            and split.on_day between costs.valid_from and costs.valid_to
    group by split.shop_id, split.order_line_id
)

select
    lines.shop_id,
    lines.order_id,
    lines.order_line_id,
    lines.item,
    lines.is_sample,
    lines.currency,
    lines.on_day,
    lines.weight,
    cast(coalesce(costs.unit_cost_amount, if(of_parts.is_costed, of_parts.unit_cost_amount, null)) as decimal(18, 4))
        as unit_cost_amount
from lines
inner join of_parts on lines.shop_id = of_parts.shop_id and lines.order_line_id = of_parts.order_line_id
left join costs
    on
        lines.item = costs.item
        and lines.currency = costs.currency
        and lines.on_day between costs.valid_from and costs.valid_to
