{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    deposits.deposit_id,
    deposits.external_id,
    deposits.number,
    deposits.entity_id as customer_id,
    deposits.first_entity_id as first_customer_id,
    deposits.created_from_id as sales_order_id,
    deposits.first_created_from_id is not null as names_sales_order,
    accounts.account_number,
    coalesce(accounts.account_numbers, []) as account_numbers,
    deposits.memo,
    deposits.booking_date,
    deposits.currency,
    deposits.amount,
    case deposits.status when 'A' then 'open' when 'B' then 'open' when 'C' then 'applied' end as status,
    deposits.is_voided,
    deposits.is_deleted,
    deposits.observed_at,
    deposits.loaded_through
from {{ ref('stg_netsuite__customer_deposits') }} as deposits
left join {{ ref('stg_netsuite__accounts') }} as accounts on deposits.account_id = accounts.account_id
where len(deposits.faults) = 0
