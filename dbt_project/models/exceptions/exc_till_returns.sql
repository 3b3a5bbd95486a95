-- What came back to a till: refunds that TikTok Shop owes the buyer still (RET-10), those that it made besides the
-- till's own (RET-13), and goods of no order that is known (RET-04). What tills take back of other channels' orders is
-- not TikTok Shop's. One row per return to a till.
with given as (
    select
        lines.shop_id,
        lines.order_line_id,
        true as is_given,
        sum(lines.refund_amount) as given_amount,
        bool_or(lines.refund_amount is null or returned.stage = 'replaced') as is_whole,
        max(returned.requested_at) as given_at
    from {{ ref('int_returns__lines') }} as lines
    inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
    where {{ gives_back('returned.stage') }}
    group by lines.shop_id, lines.order_line_id
),

-- A line counts once, also where it is a bundle of which several parts came back.
units as (
    select
        units.*,
        lines.sale_price_amount - if(given.is_whole, lines.sale_price_amount, coalesce(given.given_amount, 0))
            as unpaid_amount,
        {{ settles_line('given', 'lines.sale_price_amount', 'units.returned_at') }} as is_refunded,
        units.order_line_id is not null and row_number() over (
            partition by units.system, units.till_return_id, units.order_line_id
            order by units.till_line_id, units.copy_number
        ) = 1 as is_a_line,
        count(*) over (partition by units.system, units.till_return_id, units.item) as units_of_item
    from {{ ref('int_returns__till_units') }} as units
    left join {{ ref('int_orders__lines') }} as lines using (shop_id, order_id, order_line_id)
    left join given on units.shop_id = given.shop_id and units.order_line_id = given.order_line_id
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
        coalesce(max(paid_amount), 0) as paid_amount,
        count(*) filter (where order_line_id is not null) as known_units,
        count(*) filter (where order_line_id is not null and not is_refunded) as open_units,
        count(*) filter (where order_line_id is null) as other_units,
        coalesce(sum(unpaid_amount) filter (where is_a_line and not is_refunded), 0) as open_amount,
        coalesce(sum(unpaid_amount) filter (where is_a_line), 0) as unpaid_amount,
        string_agg(distinct units_of_item || ' x ' || item, ', ' order by units_of_item || ' x ' || item) as items
    from units
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
),

-- What the till gave back itself is not owed any more, and is given twice if TikTok Shop refunds it as well.
classified as (
    select
        returned.*,
        refused.last_error,
        clock.newest < returned.returned_at + {{ clock_of('other goods at a till') }} as is_young,
        clock.slowest > returned.returned_at + {{ clock_of('counterpart') }} as is_read,
        case
            when not returned.is_order_known then 'order unknown'
            when returned.paid_amount = 0 and returned.open_units > 0 then 'refund not made'
            when returned.paid_amount = 0 and returned.known_units = 0 then 'other goods'
            when
                returned.known_units > returned.open_units
                and returned.paid_amount > greatest(returned.unpaid_amount, 0)
                then 'refunded twice'
            when returned.open_units > 0 and returned.paid_amount < returned.open_amount then 'paid in part by the till'
            when returned.open_units > 0 then 'paid by the till'
        end as cause
    from returned
    cross join clock
    left join refused on returned.shop_id = refused.shop_id and returned.till_return_id = refused.till_return_id
)

select
    case cause
        when 'order unknown' then 'RET-04'
        when 'refunded twice' then 'RET-13'
        else 'RET-10'
    end as code,
    coalesce(shop_id, '') as shop_id,
    'till_return' as entity_type,
    {{ joined_key(['system', 'till_return_id']) }} as entity_id,
    cast(case cause
        when 'paid in part by the till' then open_amount - paid_amount
        when 'paid by the till' then paid_amount
        when 'refunded twice' then paid_amount - greatest(unpaid_amount, 0)
        else open_amount
    end as decimal(18, 4)) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    case cause
        when 'order unknown' then 'of an order on TikTok Shop'
        when 'other goods' then 'units of order ' || order_id
        when 'refunded twice' then 'one refund: by the till, or on TikTok Shop'
        else 'refunded on TikTok Shop: ' || known_units || ' units of order ' || order_id
    end as expected,
    case
        when cause = 'order unknown' then 'order ' || order_id || ' is not there'
        when cause = 'other goods' then items || ', which the order does not have'
        when cause = 'refunded twice'
            then
                {{ money_text('paid_amount') }} || ' given back by the till, and ' || known_units - open_units
                || ' units of order ' || order_id || ' refunded on TikTok Shop'
        else
            open_units || ' not refunded; taken back: ' || items
            || if(other_units > 0, ', of which ' || other_units || ' are not of the order', '')
            || if(paid_amount > 0, '; the till gave back ' || {{ money_text('paid_amount') }} || ' itself', '')
            || coalesce('; the refund was refused: ' || last_error, '')
    end as actual,
    to_json({'order_id': order_id, 'location': location, 'returned_at': returned_at, 'units': items}) as evidence,
    cause
from classified
where
    case cause
        when 'order unknown' then {{ is_channel_number('order_id') }} and is_read
        when 'other goods' then is_young
        when 'paid by the till' then is_young
        else cause is not null
    end
