{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A label is no scan; a status that is in no document is null.
with scanned as (
    select
        portal_return_id,
        tracking_number,
        min(happened_at) filter (where code <> 'label_created') as first_scan_at,
        min(happened_at) filter (where code = 'delivered') as delivered_at
    from {{ ref('int_zigzag__portal_scans') }}
    group by portal_return_id, tracking_number
)

select
    shipments.return_id as portal_return_id,
    shipments.tracking_number,
    shipments.carrier,
    case shipments.status
        when 'label_created' then 'labelled'
        when 'collected' then 'in_transit'
        when 'in_transit' then 'in_transit'
        when 'delivered' then 'delivered'
        when 'lost' then 'lost'
        when 'returned_to_sender' then 'sent_back'
    end as status,
    shipments.status as raw_status,
    scanned.first_scan_at,
    scanned.delivered_at,
    shipments.label_url,
    shipments.observed_at
from {{ ref('stg_zigzag__shipments') }} as shipments
left join scanned
    on shipments.return_id = scanned.portal_return_id and shipments.tracking_number = scanned.tracking_number
where not shipments.is_deleted
