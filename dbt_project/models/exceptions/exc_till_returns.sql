-- What came back to a till: refunds that TikTok Shop owes the buyer still (RET-10), those that it made besides the
-- till's own (RET-13), and goods of no order that is known (RET-04). What tills take back of other channels' orders is
-- not TikTok Shop's. One row per return to a till.
with refunds as (
    select distinct
        lines.shop_id,
        lines.order_line_id
    from {{ ref('int_returns__lines') }} as lines
    inner join {{ ref('int_returns__returns') }} as returned
        on lines.shop_id = returned.shop_id and lines.return_id = returned.return_id
    where returned.stage in ('refunding', 'refunded')
),

units as (
    select
        units.*,
        lines.sale_price_amount,
        refunds.order_line_id is not null as is_refunded
    from {{ ref('int_returns__till_units') }} as units
    left join {{ ref('int_orders__lines') }} as lines
        on
            units.shop_id = lines.shop_id
            and units.order_id = lines.order_id
            and units.order_line_id = lines.order_line_id
    left join refunds on units.shop_id = refunds.shop_id and units.order_line_id = refunds.order_line_id
),

counted as (
    select
        *,
        count(*) over (partition by system, till_return_id, item) as units_of_item
    from units
),

returned as (
    select
        system,
        till_return_id,
        any_value(shop_id) as shop_id,
        any_value(order_id) as order_id,
        bool_or(is_order_known) as is_order_known,
        any_value(location) as location,
        any_value(currency) as currency,
        any_value(returned_at) as returned_at,
        -- What the till gave back is not owed any more.
        bool_or(paid_amount > 0 and is_order_known) as is_paid,
        max(paid_amount) as paid_amount,
        count(*) filter (where order_line_id is not null) as known_units,
        count(*) filter (where order_line_id is not null and not is_refunded) as open_units,
        count(*) filter (where order_line_id is null) as other_units,
        cast(coalesce(sum(sale_price_amount) filter (where not is_refunded), 0) as decimal(18, 4)) as open_amount,
        string_agg(distinct units_of_item || ' x ' || item, ', ' order by units_of_item || ' x ' || item) as items
    from counted
    group by system, till_return_id
),

refused as (
    select
        shop_id,
        entity_key as till_return_id,
        last_error
    from {{ ref('stg_tieout__outbox') }}
    where sync = 'tiktok_shop__till_refunds' and state in ('rejected', 'dead')
),

clock as (
    select
        min(as_of) as slowest,
        max(as_of) as newest
    from {{ ref('int_coverage__as_of') }}
)

select
    case
        when returned.is_paid then 'RET-13'
        when returned.is_order_known then 'RET-10'
        else 'RET-04'
    end as code,
    coalesce(returned.shop_id, '') as shop_id,
    'till_return' as entity_type,
    {{ joined_key(['returned.system', 'returned.till_return_id']) }} as entity_id,
    if(returned.is_paid, returned.paid_amount, returned.open_amount) as money_at_risk_amount,
    returned.currency,
    cast(null as timestamptz) as due_at,
    case
        when returned.is_paid then 'one refund: by the till, or on TikTok Shop'
        when not returned.is_order_known then 'of an order on TikTok Shop'
        when returned.open_units > 0
            then 'refunded on TikTok Shop: ' || returned.known_units || ' units of order ' || returned.order_id
        else 'units of order ' || returned.order_id
    end as expected,
    case
        when returned.is_paid
            then
                {{ money_text('returned.paid_amount') }} || ' given back by the till, and '
                || returned.known_units - returned.open_units || ' units of order ' || returned.order_id
                || ' refunded on TikTok Shop'
        when not returned.is_order_known then 'order ' || returned.order_id || ' is not there'
        when returned.open_units = 0 then returned.items || ', which the order does not have'
        else
            returned.open_units || ' not refunded; taken back: ' || returned.items
            || if(returned.other_units > 0, ', of which ' || returned.other_units || ' are not of the order', '')
            || coalesce('; the refund was refused: ' || refused.last_error, '')
    end as actual,
    to_json({
        'order_id': returned.order_id, 'location': returned.location, 'returned_at': returned.returned_at,
        'units': returned.items
    }) as evidence,
    case
        when returned.is_paid then 'refunded twice'
        when not returned.is_order_known then 'order unknown'
        when returned.open_units > 0 then 'refund not made'
        else 'other goods'
    end as cause
from returned
cross join clock
left join refused on returned.shop_id = refused.shop_id and returned.till_return_id = refused.till_return_id
where
    case
        when returned.is_paid then returned.known_units > returned.open_units
        when returned.is_order_known
            then
                returned.open_units > 0
                or (
                    returned.known_units = 0
                    and clock.newest < returned.returned_at + {{ clock_of('other goods at a till') }}
                )
        else
            {{ is_channel_number('returned.order_id') }}
            and returned.returned_at + {{ clock_of('counterpart') }} < clock.slowest
    end
