-- What came back to tills of orders of TikTok Shop, and what of it TikTok Shop has not refunded yet. One row per return
-- to a till. A unit is worth what the buyer paid for its line, or less where a till that knows the order says so.
with live as (
    select
        lines.shop_id,
        lines.order_id,
        lines.order_line_id,
        lines.refund_amount,
        returned.return_id,
        returned.stage,
        returned.requested_at
    from {{ ref('int_returns__lines') }} as lines
    inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
    where returned.stage not in ('refused', 'closed')
    union all by name
    -- What we refunded, and have not read since.
    select
        acknowledged.shop_id,
        json_extract_string(acknowledged.desired, '$.order_id') as order_id,
        unnest(from_json(acknowledged.desired -> '$.order_line_ids', '["VARCHAR"]')) as order_line_id,
        acknowledged.vendor_id as return_id,
        'refunding' as stage,  -- noqa: RF04
        acknowledged.acknowledged_at as requested_at
    from {{ ref('stg_tieout__acknowledgements') }} as acknowledged
    anti join {{ ref('int_returns__returns') }} as seen
        on acknowledged.shop_id = seen.shop_id and acknowledged.vendor_id = seen.return_id
    where acknowledged.sync = 'tiktok_shop__till_refunds'
),

asked as (
    select
        shop_id,
        order_line_id,
        min(return_id) filter (where not {{ gives_back('stage') }}) as return_id,
        bool_or({{ gives_back('stage') }}) as is_given,
        sum(refund_amount) filter (where {{ gives_back('stage') }}) as given_amount,
        bool_or(refund_amount is null or stage = 'replaced') filter (where {{ gives_back('stage') }}) as is_whole,
        max(requested_at) filter (where {{ gives_back('stage') }}) as given_at
    from live
    group by shop_id, order_line_id
),

-- A refund of other lines than these may be the one that was given for them.
refunded as (
    select
        shop_id,
        order_id,
        list(distinct {'line': order_line_id, 'at': requested_at}) as lines
    from live
    where {{ gives_back('stage') }}
    group by shop_id, order_id
),

parts as (
    select
        shop_id,
        order_line_id,
        count(*) as parts
    from {{ ref('int_fulfilments__sold') }}
    where not is_cancelled
    group by shop_id, order_line_id
),

-- A till that does not know the order names no line of it.
blind as (
    select distinct
        system,
        till_return_id
    from {{ ref('int_returns__at_tills') }}
    where order_line_id is null
),

units as (
    select
        tills.*,
        blind.till_return_id is not null as is_blind,
        orders.currency as order_currency,
        lines.sale_price_amount,
        asked.return_id,
        if(blind.till_return_id is null, tills.worth_amount, null) as said_amount,
        -- Sales tax comes on top of the price; elsewhere it is in it.
        if(shops.has_tax_on_top, coalesce(lines.tax_amount, 0), 0) as tax_amount,
        case
            when tills.order_line_id is null then 'other'
            when {{ settles_line('asked', 'lines.sale_price_amount', 'tills.returned_at') }} then 'refunded'
            when asked.return_id is not null then 'asked'
            when asked.is_given then 'refunded in part'
            when parts.parts > 1 then 'bundle'
            else 'open'
        end as state
    from {{ ref('int_returns__till_units') }} as tills
    inner join {{ ref('stg_tiktok_shop__orders') }} as orders
        on tills.shop_id = orders.shop_id and tills.order_id = orders.order_id
    inner join {{ ref('stg_config__shops') }} as shops
        on tills.shop_id = shops.configured_shop_id and not shops.is_deleted
    left join {{ ref('stg_tiktok_shop__order_lines') }} as lines
        on
            tills.shop_id = lines.shop_id
            and tills.order_id = lines.order_id
            and tills.order_line_id = lines.order_line_id
    left join asked on tills.shop_id = asked.shop_id and tills.order_line_id = asked.order_line_id
    left join parts on tills.shop_id = parts.shop_id and tills.order_line_id = parts.order_line_id
    left join blind on tills.system = blind.system and tills.till_return_id = blind.till_return_id
),

totals as (
    select
        system,
        till_return_id,
        any_value(shop_id) as shop_id,
        any_value(order_id) as order_id,
        any_value(order_currency) as currency,
        min(returned_at) as returned_at,
        max(paid_amount) as paid_amount,
        bool_or(is_blind) as is_blind,
        bool_or(coalesce(currency <> order_currency, false)) as is_other_currency,
        count(*) as units,
        list(distinct state order by state) as states,
        list(distinct return_id order by return_id) filter (where state = 'asked') as asked_by,
        string_agg(item, ', ' order by item) filter (where state = 'other') as other_items,
        coalesce(list(order_line_id order by order_line_id) filter (where state = 'open'), []) as open_line_ids,
        bool_and(sale_price_amount is not null) filter (where state = 'open') as is_priced,
        cast(coalesce(
            sum(if(said_amount < sale_price_amount, said_amount, sale_price_amount + tax_amount))
            filter (where state = 'open'), 0
        ) as decimal(18, 4)) as open_amount
    from units
    group by system, till_return_id
)

select
    totals.*,
    coalesce(len(list_filter(refunded.lines, lambda line: line.at >= totals.returned_at)), 0)
    >= sum(totals.units) over (partition by totals.shop_id, totals.order_id) as is_settled
from totals
left join refunded on totals.shop_id = refunded.shop_id and totals.order_id = refunded.order_id
