-- What the bank received for each payment, of all payments of shops. One row per payment.
with matches as (
    select
        shop_id,
        payment_id,
        cast(sum(matched_amount) filter (where not is_deleted) as decimal(18, 4)) as received_amount,
        cast(sum(matched_amount) filter (where is_deleted) as decimal(18, 4)) as deleted_amount,
        string_agg(distinct currency, ',') filter (where not is_deleted) as received_currency,
        min(score) as score,
        arg_min(reason, score) as reason,
        list(bank_entry_id order by booking_date, bank_entry_id) as bank_entry_ids,
        max(match_kind) as match_kind,
        max(observed_at) as right_as_of
    from {{ ref('int_payouts__bank_shares') }}
    group by shop_id, payment_id
),

bank as (
    select max(window_to) as as_of from {{ ref('int_coverage__windows') }}
    where system = 'bank' and entity = 'entries'
),

-- A payment that cannot be read may be the rest of a deposit into which several were merged: one of the payment's own
-- currency, larger than its exchange may leave over.
unread as (
    select
        shop_id,
        coalesce(paid_at, created_at) as sent_at
    from {{ ref('int_payouts__payments') }}
    where is_quarantined
    union all
    select
        held.shop_id,
        coalesce(payments.paid_at, payments.created_at) as sent_at
    from {{ ref('stg_tieout__quarantine') }} as held
    left join {{ ref('int_payouts__payments') }} as payments
        on held.shop_id = payments.shop_id and held.record_id = payments.payment_id
    where held.system = 'tiktok_shop' and held.entity = 'payments'
),

merged as (
    select distinct
        larger.shop_id,
        larger.payment_id
    from {{ ref('int_payouts__payments') }} as larger
    inner join matches as received using (shop_id, payment_id)
    inner join unread
        on
            larger.shop_id = unread.shop_id
            and coalesce(
                abs(date_diff('day', unread.sent_at, coalesce(larger.paid_at, larger.created_at))) <= 14, true
            )
    where
        received.received_currency = larger.currency
        and received.received_amount > larger.amount + if(larger.currency <> larger.currency_before_exchange, 0.01, 0)
),

received as (
    select
        payments.*,
        merged.payment_id is not null as is_merged_with_unread,
        expected.due_at,
        expected.is_overdue,
        matches.* exclude (shop_id, payment_id),
        coalesce(matches.right_as_of, bank.as_of) as bank_as_of,
        matches.received_amount = payments.amount
        or (
            payments.currency <> payments.currency_before_exchange
            and abs(matches.received_amount - payments.amount) <= 0.01
        ) as is_whole
    from {{ ref('int_payouts__payments') }} as payments
    cross join bank
    left join {{ ref('int_payouts__expected_deposits') }} as expected using (shop_id, payment_id)
    left join matches using (shop_id, payment_id)
    left join merged using (shop_id, payment_id)
)

-- Of payments that are one and known, and whose deposit is there: another sum or currency than was paid, and what may
-- be the rest of a payment that cannot be read.
select
    shop_id,
    payment_id,
    payment_status,
    amount,
    currency,
    currency_before_exchange,
    computed_amount,
    is_known,
    is_surplus,
    is_quarantined,
    received_amount,
    deleted_amount,
    received_currency,
    score,
    reason,
    bank_entry_ids,
    match_kind,
    is_merged_with_unread,
    due_at,
    is_overdue,
    observed_at,
    bank_as_of,
    received_amount is not null
    and is_known
    and not is_surplus
    and not is_quarantined
    and deleted_amount is null
    and (received_currency <> currency or not (coalesce(is_whole, false) or is_merged_with_unread)) as is_different,
    coalesce(received_amount > amount, false)
    and is_known
    and not is_surplus
    and (is_quarantined or (is_merged_with_unread and deleted_amount is null)) as holds_unread_payment
from received
