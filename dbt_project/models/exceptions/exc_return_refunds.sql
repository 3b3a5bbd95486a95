-- Refunds of returns: what TikTok Shop's returns and its settlements say of the same one. What a return itself
-- contradicts is not compared any further.
with excessive as (
    select
        shop_id,
        entity_id as order_id
    from {{ ref('exc_refunds') }}
),

lines as (
    select
        lines.shop_id,
        lines.order_id,
        lines.order_line_id,
        count(*) as refund_count,
        sum(lines.refund_subtotal) as refund_subtotal,
        any_value(lines.sale_price_amount) as sale_price_amount,
        any_value(returned.currency) as currency,
        list(lines.return_id order by lines.return_id) as return_ids
    from {{ ref('int_returns__lines') }} as lines
    inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
    where returned.stage in ('refunding', 'refunded') and lines.is_sold
    group by lines.shop_id, lines.order_id, lines.order_line_id
    having count(*) > 1 and sum(lines.refund_subtotal) > any_value(lines.sale_price_amount)
),

twice as (
    select
        shop_id,
        order_id,
        sum(refund_subtotal - sale_price_amount) as amount,
        any_value(currency) as currency,
        list_sort(list_distinct(flatten(list(return_ids)))) as return_ids
    from lines
    group by shop_id, order_id
),

edited as (
    select
        returned.shop_id,
        returned.return_id,
        returned.order_id,
        abs(returned.refund_amount - payments.paid_amount) as amount,
        returned.currency,
        {{ money_text('payments.paid_amount') }} || ' ' || payments.paid_currency
        || ', as when it was paid' as expected,
        {{ money_text('returned.refund_amount') }} || ' ' || returned.currency as actual
    from {{ ref('int_returns__returns') }} as returned
    inner join {{ ref('stg_tiktok_shop__return_payments') }} as payments using (shop_id, return_id)
    where
        returned.stage = 'refunded'
        and (payments.paid_amount <> returned.refund_amount or payments.paid_currency <> returned.currency)
),

found as (
    select
        'RET-13' as code,
        'order' as entity_type,
        shop_id,
        order_id as entity_id,
        amount,
        currency,
        'one refund per line' as expected,
        {{ money_text('amount') }} || ' more was refunded than was paid, by returns '
        || array_to_string(return_ids, ', ') as actual,
        to_json({'order_id': order_id, 'return_ids': return_ids}) as evidence,
        'refunded twice' as cause
    from twice
    union all by name
    select
        'RET-07' as code,
        'return' as entity_type,
        returned.shop_id,
        returned.return_id as entity_id,
        returned.refund_amount as amount,
        returned.currency,
        'a refund of ' || coalesce({{ money_text('returned.lines_amount') }}, 'nothing')
        || ', as its lines say' as expected,
        {{ money_text('returned.refund_amount') }} as actual,
        to_json({'order_id': returned.order_id}) as evidence,
        'lines and total differ' as cause
    from {{ ref('int_returns__returns') }} as returned
    anti join edited on returned.shop_id = edited.shop_id and returned.return_id = edited.return_id
    where
        returned.lines_amount is distinct from returned.refund_amount
        and returned.stage not in ('closed', 'replaced', 'refused', 'unknown')
        and returned.unsold_lines = 0
    union all by name
    select
        'RET-07' as code,
        'return' as entity_type,
        shop_id,
        return_id as entity_id,
        amount,
        currency,
        expected,
        actual,
        to_json({'order_id': order_id}) as evidence,
        'edited after it was paid' as cause
    from edited
    union all by name
    select
        'RET-07' as code,
        'order' as entity_type,
        refunds.shop_id,
        refunds.order_id as entity_id,
        abs(refunds.difference_amount) as amount,
        refunds.currency,
        {{ money_text('refunds.returned_amount') }} || ' taken back by settlements, as its returns say' as expected,
        {{ money_text('refunds.settled_amount') }} || ' was' as actual,
        to_json({
            'order_id': refunds.order_id, 'return_ids': refunds.return_ids, 'transaction_ids': refunds.transaction_ids,
            'state': refunds.state
        }) as evidence,
        replace(refunds.state, '_', ' ') as cause
    from {{ ref('rec_refunds__returns_vs_settlements') }} as refunds
    anti join twice using (shop_id, order_id)
    where refunds.is_break
)

select
    found.code,
    found.shop_id,
    found.entity_type,
    found.entity_id,
    cast(coalesce(found.amount, 0) as decimal(18, 4)) as money_at_risk_amount,
    found.currency,
    cast(null as timestamptz) as due_at,
    found.expected,
    found.actual,
    found.evidence,
    found.cause
from found
anti join excessive
    on found.shop_id = excessive.shop_id and found.entity_type = 'order' and found.entity_id = excessive.order_id
