{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    journal_id,
    account_number,
    debit_amount,
    credit_amount,
    memo
from {{ ref('stg_netsuite__journal_lines') }}
where not is_deleted
