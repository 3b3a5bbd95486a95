{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    account_id,
    account_number,
    account_name,
    {{ netsuite_account_kind('account_type') }} as account_kind,
    is_inactive
from {{ ref('stg_netsuite__accounts') }}
where not is_deleted
