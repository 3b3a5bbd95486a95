-- One row per payment: its own figures against the settlement lines of the statements that it pays.
with currencies as (
    select
        shop_id,
        payment_id,
        count(distinct currency) as currency_count,
        string_agg(distinct currency, ', ' order by currency) as currency
    from {{ ref('int_settlements__statements') }}
    where payment_id is not null and arithmetic not in ('deleted', 'surplus', 'quarantined')
    group by shop_id, payment_id
),

compared as (
    select
        payments.*,
        currencies.currency as lines_currency,
        coalesce(
            currencies.currency_count > 1
            or currencies.currency <> payments.currency_before_exchange
            or payments.settlement_currency <> payments.currency_before_exchange
            or payments.reserve_currency <> payments.currency_before_exchange,
            false
        ) as is_currency_off,
        -- The two lists are read one after the other, so a statement may lag behind its payment for a while.
        coalesce(
            payments.payment_status <> 'FAILED'
            and if(
                payments.payment_status = 'PAID',
                payments.is_called_unpaid and clock.as_of > payments.paid_at + interval 1 day,
                payments.is_called_paid
            ),
            false
        ) as is_status_off,
        coalesce(payments.settlement_amount, payments.lines_settlement_amount)
        <> payments.lines_settlement_amount as is_settlement_off,
        coalesce(payments.reserve_amount, payments.lines_reserve_amount)
        <> payments.lines_reserve_amount as is_reserve_off,
        payments.amount_before_exchange <> payments.lines_amount as is_total_off,
        -- A payment is made of statements that were there, is paid after it was made, and when its statements say so,
        -- give or take a day.
        coalesce(
            payments.created_at + interval 1 day < payments.first_statement_at
            or payments.paid_at < payments.created_at
            or payments.payment_status = 'PAID' and (
                payments.first_called_paid_at + interval 1 day < payments.paid_at
                or payments.last_called_paid_at > payments.paid_at + interval 1 day
            ),
            false
        ) as is_time_off
    from {{ ref('int_payouts__payments') }} as payments
    left join currencies using (shop_id, payment_id)
    left join {{ ref('int_coverage__as_of') }} as clock on payments.shop_id = clock.shop_id
)

select
    shop_id,
    payment_id,
    case
        when is_surplus then 'duplicate_key'
        -- A payment that was listed, is not any more, and whose statements have gone as well.
        when not is_known and (statement_count > 0 or (is_deleted and deleted_statement_count > 0)) then 'missing_left'
        when not is_known or is_quarantined then 'accepted'
        when statement_count = 0 and coalesce(amount_before_exchange, 1) <> 0 then 'missing_right'
        when
            is_currency_off or is_settlement_off or is_reserve_off or is_total_off or is_status_off or is_time_off
            then 'mismatched'
        else 'matched'
    end as status,
    amount_before_exchange as left_amount,
    lines_amount as right_amount,
    cast(coalesce(amount_before_exchange, 0) - lines_amount as decimal(18, 4)) as difference_amount,
    currency_before_exchange as currency,
    lines_currency,
    settlement_amount,
    lines_settlement_amount,
    reserve_amount,
    lines_reserve_amount,
    header_amount,
    statement_count,
    deleted_statement_count,
    quarantined_statement_count,
    broken_statement_count,
    is_currency_off,
    is_settlement_off,
    is_reserve_off,
    is_total_off,
    is_status_off,
    is_time_off,
    observed_at as left_as_of,
    lines_observed_at as right_as_of
from compared
