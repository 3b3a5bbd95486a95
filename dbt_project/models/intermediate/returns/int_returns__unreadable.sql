{{ config(materialized=atomic_view()) }}

-- Returns on TikTok Shop that are in quarantine, by themselves or by a line: left out of every figure, and their clock
-- runs all the same. One row per return.
with lines as (
    select distinct
        shop_id,
        return_id
    from {{ ref('stg_tiktok_shop__return_lines') }}
    where len(faults) > 0
)

select
    returned.shop_id,
    returned.return_id,
    returned.order_id,
    returned.return_type,
    returned.return_status,
    {{ return_stage('returned.return_status') }} as stage,  -- noqa: RF04
    returned.created_at as requested_at,
    returned.next_action,
    returned.action_due_at,
    list_sort(list_distinct(list_transform(returned.faults, lambda fault: fault.field))) as fields,
    returned.observed_at
from {{ ref('stg_tiktok_shop__returns') }} as returned
left join lines on returned.shop_id = lines.shop_id and returned.return_id = lines.return_id
where not returned.is_deleted and (len(returned.faults) > 0 or lines.return_id is not null)
