-- What a payout settled of an order, and the books do not hold as one deposit of that amount for its sales order, as it
-- was asked for: a day after the payout, or at once where something holds it back. One row per code, payout and order.
with deposits as (
    select
        deposits.*,
        deposits.deposit_count = 1
        and (deposits.booked_amount <> deposits.amount or deposits.booked_currency <> deposits.currency)
            as is_different,
        clock.as_of
    from {{ ref('int_books__deposits') }} as deposits
    inner join {{ ref('int_coverage__as_of') }} as clock on deposits.shop_id = clock.shop_id
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
        and (
            acknowledged_at is not null
            or blocked_reason is not null
            or as_of >= cast(paid_date as timestamptz) + interval 2 day
        )
    )
