-- One row per payment: what the platform paid against what the bank received.
with matches as (
    select
        shop_id,
        payment_id,
        cast(sum(matched_amount) filter (where not is_deleted) as decimal(18, 4)) as right_amount,
        cast(sum(matched_amount) filter (where is_deleted) as decimal(18, 4)) as deleted_amount,
        string_agg(distinct currency, ',') filter (where not is_deleted) as right_currency,
        min(score) as score,
        arg_min(reason, score) as reason,
        list(bank_entry_id order by booking_date, bank_entry_id) as bank_entry_ids,
        max(match_kind) as match_kind,
        max(observed_at) as right_as_of
    from {{ ref('rec_payouts__bank_shares') }}
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
        received.right_currency = larger.currency
        and received.right_amount > larger.amount + if(larger.currency <> larger.currency_before_exchange, 0.01, 0)
),

payments as (
    select
        payments.*,
        merged.payment_id is not null as is_merged_with_unread,
        expected.due_at,
        expected.is_overdue,
        matches.* exclude (shop_id, payment_id),
        coalesce(matches.right_as_of, bank.as_of) as bank_as_of
    from {{ ref('int_payouts__payments') }} as payments
    cross join bank
    left join {{ ref('rec_payouts__expected_deposits') }} as expected using (shop_id, payment_id)
    left join matches using (shop_id, payment_id)
    left join merged using (shop_id, payment_id)
)

select
    shop_id,
    payment_id,
    case
        when is_surplus then 'duplicate_key'
        when not is_known then 'missing_left'
        when is_quarantined then 'accepted'
        when deleted_amount is not null then 'missing_right'
        when right_amount is not null and right_currency <> currency then 'mismatched'
        when right_amount = amount then 'matched'
        when currency <> currency_before_exchange and abs(right_amount - amount) <= 0.01 then 'within_tolerance'
        when is_merged_with_unread then 'accepted'
        when right_amount is not null then 'mismatched'
        when payment_status = 'FAILED' then 'accepted'
        when amount = 0 and payment_status = 'PAID' then 'matched'
        when is_overdue then 'missing_right'
        else 'in_transit'
    end as status,
    amount as left_amount,
    right_amount,
    cast(coalesce(amount, 0) - coalesce(right_amount, 0) as decimal(18, 4)) as difference_amount,
    currency,
    right_currency,
    computed_amount,
    case when score is not null then score when right_amount is null and amount = 0 then 100 else 0 end as score,
    case
        when is_surplus then 'another payment says the same'
        when not is_known then 'statements name it, the platform no longer lists it'
        when is_quarantined then 'held in quarantine'
        when deleted_amount is not null then 'its bank entry was there and has been removed'
        when is_merged_with_unread then 'more than it paid, and a payment in quarantine may be the rest'
        when reason is not null then reason
        when payment_status = 'FAILED' then 'the platform says that it failed; no deposit is expected'
        when amount = 0 and payment_status = 'PAID' then 'nothing to pay: no deposit is expected'
        when is_overdue then 'no deposit by the day it was due'
        when payment_status = 'PAID' then 'paid, and still within the days a transfer takes'
        else 'not paid yet'
    end as reason,
    coalesce(bank_entry_ids, cast([] as varchar[])) as bank_entry_ids,
    coalesce(match_kind, '1:1') as match_kind,
    due_at,
    deleted_amount is not null as is_deposit_deleted,
    observed_at as left_as_of,
    bank_as_of as right_as_of
from payments
