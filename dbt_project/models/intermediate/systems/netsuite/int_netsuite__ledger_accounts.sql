{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    account_id,
    account_number,
    account_name,
    {{ netsuite_account_kind('account_type') }} as account_kind,
    is_inactive,
    -- Of all accounts: one that is gone has changed them, too.
    max(loaded_through) over () as loaded_through
from {{ ref('stg_netsuite__accounts') }}
qualify not is_deleted
