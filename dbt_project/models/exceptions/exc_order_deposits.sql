-- What a payout settled of an order, and the books do not hold as one deposit of that amount for its sales order, as it
-- was asked for: once they were read to a day after that of the payout, or at once where something holds it back. One
-- that was made is gone only where they were read since. One row per code, payout and order.
with reads as (
    select
        max(reads.read_to) as read_to,
        max(reads.read_in_load) as read_in_load
    from {{ ref('int_coverage__reads') }} as reads
    inner join {{ ref('int_systems') }} as systems on reads.system = systems.system
    where systems.deposit_sync <> '' and reads.entity = 'customer_deposits'
),

deposits as (
    select
        deposits.*,
        deposits.deposit_count = 1
        and (deposits.booked_amount <> deposits.amount or deposits.booked_currency <> deposits.currency)
            as is_different,
        coalesce(epoch_us(deposits.acknowledged_at) * 10 < reads.read_in_load, false) as is_read_since,
        coalesce(reads.read_to >= cast(deposits.paid_date as timestamptz) + interval 2 day, false) as is_late
    from {{ ref('int_books__deposits') }} as deposits
    cross join reads
)

select
    case
        when deposit_count > 1 then 'ERP-03'
        when deposit_count = 1 and not is_different then 'ERP-07'
        else 'ERP-10'
    end as code,
    shop_id,
    'deposit' as entity_type,
    {{ joined_key(['payment_id', 'order_id']) }} as entity_id,
    abs(amount) as money_at_risk_amount,
    currency,
    cast(null as timestamptz) as due_at,
    'a deposit of ' || {{ money_text('amount') }} || ' ' || currency || ' for order ' || order_id as expected,
    case
        when deposit_count > 1 then deposit_count || ' deposits'
        when is_different
            then concat_ws(', ', {{ money_text('booked_amount') }} || ' ' || booked_currency, nullif(differences, ''))
        when differences <> '' then differences
        when acknowledged_at is not null then 'deposit ' || vendor_id || ' is gone'
        else coalesce(blocked_reason, 'none')
    end as actual,
    to_json({'payment_id': payment_id, 'external_id': external_id, 'sales_order': sales_order_id}) as evidence,
    if(deposit_count = 1 and not is_different, 'deposit edited', 'payout not put down to the order') as cause
from deposits
where
    deposit_count > 1
    or is_different
    or (deposit_count = 1 and differences <> '')
    or (
        deposit_count = 0
        and if(acknowledged_at is null, blocked_reason is not null or is_late, is_read_since)
    )
