with payments as (
    select * from {{ ref('stg_tiktok_shop__payments') }}
),

statements as (
    select
        shop_id,
        payment_id,
        count(*) filter (where arithmetic not in ('deleted', 'surplus')) as statement_count,
        count(*) filter (where arithmetic = 'deleted') as deleted_statement_count,
        count(*) filter (where arithmetic = 'quarantined') as quarantined_statement_count,
        count(*) filter (where arithmetic in ('line_broken', 'header_off')) as broken_statement_count,
        coalesce(sum(lines_settlement_amount) filter (where arithmetic not in ('deleted', 'surplus')), 0)
            as settlement_amount,
        coalesce(sum(lines_reserve_amount) filter (where arithmetic not in ('deleted', 'surplus')), 0)
            as reserve_amount,
        coalesce(
            sum(coalesce(settlement_amount, 0) + coalesce(total_reserve_amount, lines_reserve_amount))
            filter (where arithmetic not in ('deleted', 'surplus')),
            0
        ) as header_amount,
        any_value(currency) as currency,
        max(lines_observed_at) as observed_at,
        min(statement_at) filter (where arithmetic not in ('deleted', 'surplus')) as first_statement_at,
        min(paid_at) filter (where arithmetic not in ('deleted', 'surplus')) as first_called_paid_at,
        max(paid_at) filter (where arithmetic not in ('deleted', 'surplus')) as last_called_paid_at,
        bool_or(payment_status = 'PAID' and not is_deleted) as is_called_paid,
        bool_or(payment_status is distinct from 'PAID' and arithmetic not in ('deleted', 'surplus')) as is_called_unpaid
    from {{ ref('int_settlements__statements') }}
    where payment_id is not null
    group by shop_id, payment_id
),

joined as (
    select
        shop_id,
        payment_id,
        payments.payment_id is not null and not payments.is_deleted as is_known,
        coalesce(payments.is_deleted, false) as is_deleted,
        coalesce(len(payments.faults) > 0, false) as is_quarantined,
        coalesce(payments.payment_status, 'UNKNOWN') as payment_status,
        coalesce(payments.currency, statements.currency) as currency,
        payments.amount,
        coalesce(payments.currency_before_exchange, payments.currency, statements.currency) as currency_before_exchange,
        coalesce(payments.amount_before_exchange, payments.amount) as amount_before_exchange,
        payments.settlement_amount,
        payments.reserve_amount,
        coalesce(payments.exchange_rate, 1) as exchange_rate,
        payments.created_at,
        payments.paid_at,
        payments.bank_account,
        strftime(coalesce(payments.paid_at, payments.created_at), '%Y-%m') as paid_month,
        payments.first_observed_at,
        payments.observed_at,
        coalesce(statements.statement_count, 0) as statement_count,
        coalesce(statements.deleted_statement_count, 0) as deleted_statement_count,
        coalesce(statements.quarantined_statement_count, 0) as quarantined_statement_count,
        coalesce(statements.broken_statement_count, 0) as broken_statement_count,
        cast(coalesce(statements.settlement_amount, 0) as decimal(18, 4)) as lines_settlement_amount,
        cast(coalesce(statements.reserve_amount, 0) as decimal(18, 4)) as lines_reserve_amount,
        cast(coalesce(statements.settlement_amount, 0) + coalesce(statements.reserve_amount, 0) as decimal(18, 4))
            as lines_amount,
        cast(coalesce(statements.header_amount, 0) as decimal(18, 4)) as header_amount,
        statements.observed_at as lines_observed_at,
        statements.first_statement_at,
        statements.first_called_paid_at,
        statements.last_called_paid_at,
        coalesce(statements.is_called_paid, false) as is_called_paid,
        coalesce(statements.is_called_unpaid, false) as is_called_unpaid,
        payments.settlement_currency,
        payments.reserve_currency
    from payments
    full outer join statements using (shop_id, payment_id)
)

select
    *,
    is_known and not is_quarantined and row_number() over (
        partition by
            shop_id,
            is_known,
            payment_status,
            created_at,
            paid_at,
            currency,
            amount,
            amount_before_exchange,
            exchange_rate
        order by statement_count = 0, first_observed_at, length(payment_id), payment_id
    ) > 1 and statement_count = 0 as is_surplus,
    cast({{ converted('amount_before_exchange', 'exchange_rate') }} as decimal(18, 4)) as computed_amount,
    cast({{ converted('lines_amount', 'exchange_rate') }} as decimal(18, 4)) as computed_from_lines_amount
from joined
