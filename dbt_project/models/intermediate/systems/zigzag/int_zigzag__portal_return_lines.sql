{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A line's codes are read as the maps say on the day it was graded, or asked for.
select
    return_id as portal_return_id,
    line_id,
    sku,
    quantity_requested as requested,
    quantity_received as received,
    reason_code,
    nullif(condition, '') as condition,
    nullif(disposition, '') as disposition,
    graded_at,
    cast(coalesce(graded_at, created_at) as date) as on_day,
    image_urls,
    coalesce(len(faults) > 0, false) as is_unreadable
from {{ ref('stg_zigzag__return_lines') }}
where not is_deleted
