{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A status that is in no document is null.
select
    return_id as portal_return_id,
    tracking_number,
    carrier,
    case status
        when 'label_created' then 'labelled'
        when 'collected' then 'in_transit'
        when 'in_transit' then 'in_transit'
        when 'delivered' then 'delivered'
        when 'lost' then 'lost'
        when 'returned_to_sender' then 'sent_back'
    end as status,
    status as raw_status,
    observed_at
from {{ ref('stg_zigzag__shipments') }}
where not is_deleted
