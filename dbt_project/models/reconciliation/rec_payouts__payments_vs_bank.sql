-- One row per payment: what the platform paid against what the bank received.
select
    shop_id,
    payment_id,
    case
        when is_surplus then 'duplicate_key'
        when not is_known then 'missing_left'
        when is_quarantined then 'accepted'
        when deleted_amount is not null then 'missing_right'
        when received_amount is not null and received_currency <> currency then 'mismatched'
        when received_amount = amount then 'matched'
        when currency <> currency_before_exchange and abs(received_amount - amount) <= 0.01 then 'within_tolerance'
        when is_merged_with_unread then 'accepted'
        when received_amount is not null then 'mismatched'
        when payment_status = 'FAILED' then 'accepted'
        when amount = 0 and payment_status = 'PAID' then 'matched'
        when is_overdue then 'missing_right'
        else 'in_transit'
    end as status,
    amount as left_amount,
    received_amount as right_amount,
    cast(coalesce(amount, 0) - coalesce(received_amount, 0) as decimal(18, 4)) as difference_amount,
    currency,
    received_currency as right_currency,
    computed_amount,
    case when score is not null then score when received_amount is null and amount = 0 then 100 else 0 end as score,
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
from {{ ref('int_payouts__receipts') }}
