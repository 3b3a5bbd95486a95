{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_returns(of_refunds=true) }}"
    )
}}

-- What each return's refund is in the books, by item, without the tax that the payout books: one row per return.
-- Tax is within what the settlement takes back, by its parts, and so to the same penny here.
with rated as (
    select
        lines.shop_id,
        lines.return_id,
        lines.order_id,
        lines.item,
        lines.seller_amount,
        if(
            lines.refund_subtotal = lines.sale_price_amount,
            coalesce(lines.original_price_amount, lines.seller_amount),
            lines.seller_amount
        ) as taken_amount,
        if(lines.refund_subtotal = lines.sale_price_amount, coalesce(lines.seller_discount_amount, 0), 0)
            as discount_amount,
        taxes.rate,
        taxes.treatment
    from {{ ref('int_returns__lines') }} as lines
    {{ only_changed_keys('shop_id, order_id') }}
    inner join {{ of_changed(ref('stg_tiktok_shop__orders')) }} as orders
        on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id
    inner join {{ ref('stg_config__shops') }} as shops
        on lines.shop_id = shops.configured_shop_id and not shops.is_deleted
    left join {{ ref('int_settlements__tax_rules') }} as taxes
        on
            lines.shop_id = taxes.shop_id
            and taxes.line_class = 'refund'
            and cast(timezone(shops.time_zone, orders.created_at) as date) between taxes.valid_from and taxes.valid_to
),

totals as (
    select
        shop_id,
        return_id,
        any_value(order_id) as order_id,
        bool_or(treatment is null) as is_tax_unknown,
        min(item) as first_item,
        cast(sum(seller_amount) as decimal(18, 4)) as gross_amount,
        cast(
            coalesce({{ tax_within('sum(taken_amount)', 'any_value(rate)') }}, 0)
            - coalesce({{ tax_within('sum(discount_amount)', 'any_value(rate)') }}, 0) as decimal(18, 4)
        ) as tax_amount
    from rated
    group by shop_id, return_id
),

items as (
    select
        shop_id,
        return_id,
        item,
        count(*) as quantity,
        sum(seller_amount) as gross_amount,
        coalesce({{ tax_within('sum(seller_amount)', 'any_value(rate)') }}, 0) as tax_amount,
        sum(coalesce({{ tax_within('sum(seller_amount)', 'any_value(rate)') }}, 0))
            over (partition by shop_id, return_id) as items_tax_amount
    from rated
    group by shop_id, return_id, item
)

select
    totals.shop_id,
    totals.return_id,
    any_value(totals.order_id) as order_id,
    any_value(totals.is_tax_unknown) as is_tax_unknown,
    any_value(totals.tax_amount) as tax_amount,
    any_value(totals.gross_amount - totals.tax_amount) as amount,
    list(
        {
            -- What rounding by item leaves is the first item's.
            'amount': {{ money_text(
                'items.gross_amount - items.tax_amount'
                ~ ' + if(items.item = totals.first_item, items.items_tax_amount - totals.tax_amount, 0)'
            ) }},
            'memo': '',
            'quantity': items.quantity,
            'sku': items.item
        }
        order by items.item
    ) as lines,
    any_value(changes.loaded_through) as loaded_through
from totals
inner join items using (shop_id, return_id)
left join {{ of_changed(ref('int_returns__refund_changes')) }} as changes
    on totals.shop_id = changes.shop_id and totals.order_id = changes.order_id
group by totals.shop_id, totals.return_id
