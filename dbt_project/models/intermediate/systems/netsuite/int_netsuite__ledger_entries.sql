{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    journal_id,
    transaction_type,
    external_id,
    journal_number,
    memo,
    journal_date,
    currency,
    subsidiary_id,
    first_subsidiary_id,
    posting_period_id,
    exchange_rate,
    first_exchange_rate,
    case
        when is_voided then 'voided'
        when approval_status = '3' then 'rejected'
        when approval_status = '1' then 'pending approval'
        when not is_posting then 'not posting'
    end as not_posted_because,
    is_reversal,
    reversal_id,
    reversal_date,
    created_by,
    is_deleted,
    observed_at
from {{ ref('stg_netsuite__journal_entries') }}
