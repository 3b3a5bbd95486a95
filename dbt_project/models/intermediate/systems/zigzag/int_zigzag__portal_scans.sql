{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    events.return_id as portal_return_id,
    coalesce(shipments.tracking_number, '') as tracking_number,
    events.code,
    events.description,
    events.happened_at,
    events.location
from {{ ref('stg_zigzag__shipment_events') }} as events
left join {{ ref('stg_zigzag__shipments') }} as shipments
    on events.return_id = shipments.return_id and events.shipment_number = shipments.shipment_number
where not events.is_deleted
