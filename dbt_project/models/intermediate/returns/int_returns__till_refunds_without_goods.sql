-- Refunds that we made of what a till had taken back, and that no till says so of any more: its return was taken back
-- itself, or has fewer units or others. One row per refund. A return that cannot be read says nothing either way.
with made as (
    select
        shop_id,
        vendor_id as return_id,
        entity_key as till_return_id,
        json_extract_string(desired, '$.order_id') as order_id,
        unnest(from_json(desired -> '$.order_line_ids', '["VARCHAR"]')) as order_line_id
    from {{ ref('stg_tieout__acknowledgements') }}
    where sync = 'tiktok_shop__till_refunds'
),

sold as (
    select distinct
        shop_id,
        order_line_id,
        item
    from {{ ref('int_fulfilments__sold') }}
),

units as (
    select
        shop_id,
        order_id,
        item,
        count(*) as units,
        list(distinct till_return_id) as till_return_ids
    from {{ ref('int_returns__till_units') }}
    where is_order_known
    group by shop_id, order_id, item
),

-- Units of an item are alike: what came back of it covers the refunds of returns that are there first.
refunded as (
    select
        made.*,
        lines.sale_price_amount,
        lines.currency,
        coalesce(units.units, 0) as units,
        row_number() over (
            partition by made.shop_id, made.order_id, sold.item
            order by
                not list_contains(coalesce(units.till_return_ids, []), made.till_return_id),
                made.return_id,
                made.order_line_id
        ) as place_number
    from made
    inner join sold using (shop_id, order_line_id)
    inner join {{ ref('int_orders__lines') }} as lines
        on
            made.shop_id = lines.shop_id
            and made.order_id = lines.order_id
            and made.order_line_id = lines.order_line_id
    left join units on made.shop_id = units.shop_id and made.order_id = units.order_id and sold.item = units.item
    anti join {{ ref('int_returns__returns') }} as ended
        on
            made.shop_id = ended.shop_id
            and made.return_id = ended.return_id
            and ended.stage in ('refused', 'closed')
)

select
    shop_id,
    return_id,
    any_value(order_id) as order_id,
    any_value(till_return_id) as till_return_id,
    count(*) as units,
    cast(coalesce(sum(sale_price_amount), 0) as decimal(18, 4)) as amount,
    any_value(currency) as currency
from refunded
anti join {{ ref('int_quarantine__records') }} as unread
    on unread.entity = 'returns' and refunded.till_return_id = unread.record_id
where place_number > units
group by shop_id, return_id
