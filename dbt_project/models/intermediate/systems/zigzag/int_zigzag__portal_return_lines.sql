{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- What grades.csv and return_reasons.csv say of a line's codes on the day it was graded, or asked for; null where no
-- row names them.
with lines as (
    select
        lines.*,
        len(lines.faults) > 0 or len(portal.faults) > 0 as is_unreadable,
        cast(coalesce(lines.graded_at, portal.created_at) as date) as on_day
    from {{ ref('stg_zigzag__return_lines') }} as lines
    inner join {{ ref('stg_zigzag__returns') }} as portal on lines.return_id = portal.return_id
    where not lines.is_deleted
)

select
    lines.return_id as portal_return_id,
    lines.line_id,
    lines.sku,
    lines.quantity_requested as requested,
    lines.quantity_received as received,
    lines.reason_code,
    reasons.reason,
    nullif(lines.condition, '') as condition,
    nullif(lines.disposition, '') as disposition,
    grades.is_sellable,
    lines.graded_at,
    lines.image_urls,
    coalesce(lines.is_unreadable, false) as is_unreadable
from lines
left join {{ ref('stg_config__grades') }} as grades
    on
        grades.system = 'zigzag'
        and lines.condition = grades.condition
        and lines.disposition = grades.disposition
        and lines.on_day between grades.valid_from and grades.valid_to
        and not grades.is_deleted
left join {{ ref('stg_config__return_reasons') }} as reasons
    on
        reasons.system = 'zigzag'
        and lines.reason_code = reasons.code
        and lines.on_day between reasons.valid_from and reasons.valid_to
        and not reasons.is_deleted
