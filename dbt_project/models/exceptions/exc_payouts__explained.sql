-- Payments that already have another exception: in their statement, in quarantine, or at another payment.
with restated as (
    select distinct
        shop_id,
        evidence ->> '$.payment_id' as payment_id
    from {{ ref('exc_restatements') }}
),

held as (
    select distinct
        shop_id,
        record_id as payment_id
    from {{ ref('int_quarantine__records') }}
    where entity = 'payments'
),

-- A deposit in quarantine is no missing deposit.
unread as (
    select distinct
        expected.shop_id,
        expected.payment_id
    from {{ ref('int_payouts__expected_deposits') }} as expected
    inner join {{ ref('stg_bank__entries') }} as entries
        on
            len(entries.faults) > 0
            and not entries.is_deleted
            and (
                contains(entries.reference || ' ' || entries.remittance, right(expected.payment_id, 8))
                or (
                    coalesce(entries.account_id, expected.account_id) = expected.account_id
                    and (entries.amount is null or expected.amount = entries.amount)
                    and coalesce(entries.booking_date between expected.paid_on and expected.expected_until, true)
                )
            )
),

-- A payment that came back under another id: the statements and the deposit still name the first.
renumbered as (
    select distinct
        twins.shop_id,
        twins.payment_id
    from {{ ref('int_payouts__payments') }} as gone
    inner join {{ ref('int_payouts__payments') }} as twins
        on
            gone.shop_id = twins.shop_id
            and gone.created_at = twins.created_at
            and gone.amount = twins.amount
            and gone.currency = twins.currency
            and gone.payment_id <> twins.payment_id
    where gone.is_deleted and twins.is_known and twins.statement_count = 0
),

-- A payment that has exactly what another one misses: a statement names the wrong one; the one that misses it says so.
misnamed as (
    select distinct
        surplus.shop_id,
        surplus.payment_id
    from {{ ref('int_payouts__payments') }} as surplus
    inner join {{ ref('int_payouts__payments') }} as short
        on
            surplus.shop_id = short.shop_id
            and short.is_known
            and short.amount_before_exchange - short.lines_amount
            = surplus.lines_amount - if(surplus.is_known, surplus.amount_before_exchange, 0)
            and abs(short.lines_amount) < abs(short.amount_before_exchange)
    where not surplus.is_deleted and surplus.lines_amount is distinct from surplus.amount_before_exchange
),

-- The payment that a restated statement has left.
left_by as (
    select distinct
        payments.shop_id,
        payments.payment_id
    from {{ ref('int_payouts__payments') }} as payments
    inner join {{ ref('exc_restatements') }} as restated
        on
            payments.shop_id = restated.shop_id
            and payments.payment_id <> (restated.evidence ->> '$.payment_id')
            and payments.amount_before_exchange - payments.lines_amount
            = try_cast(restated.evidence ->> '$.payable_amount' as decimal(18, 4))
    where payments.is_known and (restated.evidence ->> '$.payable_amount') <> '0.0000'
)

select
    payments.shop_id,
    payments.payment_id,
    restated.payment_id is not null as is_restated,
    held.payment_id is not null as is_held,
    unread.payment_id is not null as is_unread,
    misnamed.payment_id is not null or left_by.payment_id is not null as is_moved,
    renumbered.payment_id is not null as is_renumbered
from {{ ref('int_payouts__payments') }} as payments
left join restated using (shop_id, payment_id)
left join held using (shop_id, payment_id)
left join unread using (shop_id, payment_id)
left join misnamed using (shop_id, payment_id)
left join left_by using (shop_id, payment_id)
left join renumbered using (shop_id, payment_id)
