{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    deposit_id,
    external_id,
    number,
    booking_date,
    currency,
    amount,
    case status when 'A' then 'open' when 'B' then 'open' when 'C' then 'applied' end as status,
    is_voided,
    is_deleted,
    observed_at,
    loaded_through
from {{ ref('stg_netsuite__customer_deposits') }}
where len(faults) = 0
