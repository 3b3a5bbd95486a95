{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- The newest load of each return, deleted ones included, and the orders and returns that it ever named.
select
    return_id as portal_return_id,
    named_ids,
    loaded_through
from {{ ref('stg_zigzag__returns') }}
