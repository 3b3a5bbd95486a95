{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    return_id as portal_return_id,
    tracking_number,
    code,
    description,
    happened_at,
    location
from {{ ref('stg_zigzag__shipment_events') }}
where not is_deleted
