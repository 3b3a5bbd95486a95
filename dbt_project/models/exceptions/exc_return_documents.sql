-- Refunds that the books do not hold as one document of the same amount. One row per code and return.
with reads as (
    select
        flatten(list(reads.windows)) as windows,
        max(reads.read_in_load) as read_in_load
    from {{ ref('int_coverage__reads') }} as reads
    inner join {{ ref('int_systems') }} as systems on reads.system = systems.system
    where systems.refund_sync <> '' and reads.entity = 'credit_memos' and reads.shop_id = ''
),

memos as (
    select
        memos.* replace (coalesce(by_hand.held_because, memos.blocked_reason) as blocked_reason),
        memos.document_count = 1
        and (memos.booked_amount <> memos.amount or memos.booked_currency <> memos.currency) as is_different,
        reads.windows,
        coalesce(epoch_us(memos.acknowledged_at) * 10 < reads.read_in_load, false) as is_read_since
    from {{ ref('int_returns__credit_memos') }} as memos
    cross join reads
    left join {{ ref('int_returns__documents_by_hand') }} as by_hand
        on memos.shop_id = by_hand.shop_id and memos.return_id = by_hand.return_id
)

select
    case
        when document_count > 1 then 'ERP-03'
        when is_different then 'RET-07'
        when is_in_other_period or starts_with(blocked_reason, 'FIN-11') then 'FIN-11'
        else 'ERP-05'
    end as code,
    shop_id,
    'refund' as entity_type,
    return_id as entity_id,
    coalesce(amount, refund_amount) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    'one document of ' || {{ money_text('coalesce(amount, refund_amount)') }} || ' ' || currency || ' in '
    || if(is_in_other_period, period_name, 'the books') as expected,
    case
        when document_count > 1 then document_count || ' documents'
        when is_in_other_period and not is_different then 'booked in ' || booked_period_name
        when is_different then {{ money_text('booked_amount') }} || ' ' || booked_currency
        when acknowledged_at is not null then 'document ' || vendor_id || ' is gone'
        else coalesce(blocked_reason, 'none')
    end as actual,
    to_json({'order_id': order_id, 'external_id': external_id, 'credit_memo_id': credit_memo_id}) as evidence,
    'books and refund differ' as cause
from memos
where
    document_count > 1
    or is_different
    or is_in_other_period
    or (
        document_count = 0
        and if(
            acknowledged_at is null,
            blocked_reason is not null
            or {{ was_read('windows', 'refunded_at', 'refunded_at + ' ~ clock_of('document missing')) }},
            is_read_since
        )
        and left(coalesce(blocked_reason, ''), 6) not in ('RET-04', 'RET-07')
    )
