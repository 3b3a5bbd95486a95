{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    account_numbers,
    loaded_through
from {{ ref('stg_netsuite__accounts') }}
