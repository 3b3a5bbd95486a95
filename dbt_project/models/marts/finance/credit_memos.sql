{{
    config(
        materialized=changed_keys_incremental(),
        contract={'enforced': true},
        pre_hook="{{ delete_changed_keys([ref('int_ledger__credit_memos')], 'credit_memo_id') }}"
    )
}}

-- Every refund that was ever seen in the books as a document of its own: one of ours names shop and return in its key.
select
    credit_memo_id,
    kind,
    number,
    external_id,
    if(starts_with(external_id, 'tieout-refund-'), split_part(external_id, '-', 3), null) as shop_id,
    if(starts_with(external_id, 'tieout-refund-'), split_part(external_id, '-', 4), null) as return_id,
    booking_date,
    amount,
    currency,
    status,
    is_voided,
    is_deleted,
    memo,
    loaded_through
from {{ ref('int_ledger__credit_memos') }}
{{ only_changed_keys('credit_memo_id') }}
