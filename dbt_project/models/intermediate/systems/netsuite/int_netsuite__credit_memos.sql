{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    credit_memo_id,
    kind,
    external_id,
    external_ids,
    number,
    booking_date,
    period_id,
    subsidiary_id,
    currency,
    amount,
    case
        when not is_posting then 'pending'
        when kind = 'cash_refund' then 'paid'
        when status = 'A' then 'open'
        when status = 'B' then 'applied'
    end as status,
    is_voided,
    created_from_id,
    memo,
    is_deleted,
    observed_at,
    loaded_through
from {{ ref('stg_netsuite__credit_memos') }}
