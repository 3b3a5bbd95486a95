-- Each deposit that the books have acknowledged, as it was asked for.
select
    entity_key as external_id,
    max_by(vendor_id, acknowledged_at) as vendor_id,
    max(acknowledged_at) as acknowledged_at,
    max_by(json_extract_string(desired, '$.customer'), acknowledged_at) as customer_reference,
    max_by(json_extract_string(desired, '$.sales_order'), acknowledged_at) as sales_order_id,
    try_cast(max_by(json_extract_string(desired, '$.day'), acknowledged_at) as date) as booking_date,
    max_by(json_extract_string(desired, '$.memo'), acknowledged_at) as memo,
    max_by(json_extract_string(desired, '$.account'), acknowledged_at) as account_number,
    max_by(json_extract_string(desired, '$.currency'), acknowledged_at) as currency,
    cast(max_by(json_extract_string(desired, '$.amount'), acknowledged_at) as decimal(18, 4)) as amount
from {{ ref('stg_tieout__acknowledgements') }}
where
    sync in (
        select deposit_sync from {{ ref('int_systems') }}
        where deposit_sync <> ''
    )
group by entity_key
