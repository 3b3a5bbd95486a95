-- Refunds of returns: what TikTok Shop's returns and its settlements say of the same one. What a return itself
-- contradicts is not compared any further.
with excessive as (
    select
        shop_id,
        entity_id as order_id
    from {{ ref('exc_refunds') }}
),

twice as (
    select
        shop_id,
        order_id,
        sum(refund_subtotal - sale_price_amount) as amount,
        any_value(currency) as currency,
        bool_and(is_refunded) as is_refunded,
        list_sort(list_distinct(flatten(list(return_ids)))) as return_ids
    from {{ ref('int_returns__doubled_lines') }}
    group by shop_id, order_id
),

contradicted as (
    select
        contradictions.*,
        returned.refund_amount,
        returned.currency
    from {{ ref('int_returns__contradictions') }} as contradictions
    inner join {{ ref('int_returns__returns') }} as returned using (shop_id, return_id)
    where contradictions.contradiction is not null
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
        {{ money_text('amount') }} || if(is_refunded, ' more was refunded', ' more would be refunded')
        || ' than was paid, by returns ' || array_to_string(return_ids, ', ') as actual,
        to_json({'order_id': order_id, 'return_ids': return_ids}) as evidence,
        if(is_refunded, 'refunded twice', 'asked twice') as cause
    from twice
    union all by name
    select
        'RET-07' as code,
        'return' as entity_type,
        shop_id,
        return_id as entity_id,
        refund_amount as amount,
        currency,
        expected,
        concat_ws(' ', {{ money_text('refund_amount') }}, currency) as actual,
        to_json({'order_id': order_id}) as evidence,
        contradiction as cause
    from contradicted
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
    union all by name
    select
        'RET-07' as code,
        'return' as entity_type,
        refunds.shop_id,
        refunds.return_id as entity_id,
        refunds.amount,
        refunds.currency,
        'goods of order ' || refunds.order_id || ' that a till took back, as when it was refunded' as expected,
        refunds.units || ' units of it are at no till any more: return ' || refunds.till_return_id as actual,
        to_json({'order_id': refunds.order_id, 'till_return_id': refunds.till_return_id}) as evidence,
        'without goods' as cause
    from {{ ref('int_returns__till_refunds_without_goods') }} as refunds
    anti join contradicted using (shop_id, return_id)
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
