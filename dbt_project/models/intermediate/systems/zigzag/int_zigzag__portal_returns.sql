{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A parcel that nobody announced names neither order nor return. A status that is in no document is null. What was lost
-- or goes back to its sender is still on its way: its parcel says which.
with graded as (
    select
        portal_return_id,
        max(graded_at) as graded_at
    from {{ ref('int_zigzag__portal_return_lines') }}
    group by portal_return_id
)

select
    portal.return_id as portal_return_id,
    portal.order_number as order_reference,
    portal.external_return_ref as return_reference,
    case portal.status
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
    portal.status as raw_status,
    portal.created_at,
    portal.updated_at,
    nullif(portal.warehouse_code, '') as warehouse,  -- noqa: RF04
    portal.order_number = '' and portal.external_return_ref = '' as is_blind,
    portal.received_at,
    graded.graded_at,
    portal.refund_status,
    portal.refund_amount,
    portal.refund_currency,
    portal.observed_at
from {{ ref('stg_zigzag__returns') }} as portal
left join graded on portal.return_id = graded.portal_return_id
where not portal.is_deleted
