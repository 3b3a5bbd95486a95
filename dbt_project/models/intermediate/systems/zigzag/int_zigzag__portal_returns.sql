{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A parcel that nobody announced names neither order nor return. A status that is in no document is null. What was lost
-- or goes back to its sender is still on its way: its parcel says which.
select
    return_id as portal_return_id,
    order_number as order_reference,
    external_return_ref as return_reference,
    case status
        when 'created' then 'announced'
        when 'label_issued' then 'labelled'
        when 'in_transit' then 'in_transit'
        when 'delivered_to_hub' then 'in_transit'
        when 'exception' then 'in_transit'
        when 'received' then 'received'
        when 'graded' then 'graded'
        when 'processed' then 'closed'
        when 'cancelled' then 'cancelled'
        when 'expired' then 'cancelled'
    end as status,
    status as raw_status,
    created_at,
    updated_at,
    nullif(warehouse_code, '') as warehouse,  -- noqa: RF04
    order_number = '' and external_return_ref = '' as is_blind,
    received_at,
    observed_at,
    coalesce(len(faults) > 0, false) as is_unreadable
from {{ ref('stg_zigzag__returns') }}
where not is_deleted
