-- Webhooks that were refused, and webhooks that no longer come although what they announce has changed.
{%- set refused_within_hours = 24 %}
{%- set silent_after_hours = 24 %}

with refused as (
    select
        counts.system,
        sum(counts.requests) as requests,
        max(counts.counted_at) as last_at,
        list_sort(list(distinct replace(counts.outcome, '_', ' '))) as reasons
    from {{ ref('stg_tieout__webhook_counts') }} as counts
    cross join {{ ref('stg_tieout__clock') }} as clock
    where
        -- Those of other shops and of events that no document has are genuine, and no reading waits for them.
        counts.outcome not in ('stored', 'foreign', 'unknown')
        and counts.counted_at > clock.copied_at - interval {{ refused_within_hours }} hour
    group by counts.system
),

-- The newest that came of each kind. Where none ever came, none is missed.
announced as (
    select
        system,
        shop_id,
        entity,
        max(newest_at) as newest_at
    from {{ ref('stg_tieout__webhook_counts') }}
    where outcome = 'stored' and entity <> ''
    group by system, shop_id, entity
),

-- What a window holds that began after it had changed since. All of it is the system's own time.
silent as (
    select
        announced.system,
        announced.shop_id,
        announced.entity,
        announced.newest_at,
        max(windows.window_to) as read_to,
        sum(windows.row_count) as rows_read
    from announced
    inner join {{ ref('stg_tieout__coverage') }} as windows
        on
            announced.system = windows.system
            and announced.shop_id = windows.shop_id
            and announced.entity = windows.entity
            and announced.newest_at < windows.window_from
    group by announced.system, announced.shop_id, announced.entity, announced.newest_at
)

select
    'SYS-05' as code,
    '' as shop_id,
    'webhooks' as entity_type,
    {{ joined_key(['system', "'refused'"]) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    cast(null as timestamptz) as due_at,
    'every webhook is genuine, readable and in time' as expected,
    requests || ' refused: ' || array_to_string(reasons, ', ')
    || '; the last at ' || strftime(last_at, '%Y-%m-%d %H:%M') || ' UTC' as actual,
    to_json({'requests': requests, 'reasons': reasons, 'last_at': last_at}) as evidence,
    'webhooks refused' as cause
from refused
union all by name
select
    'SYS-05' as code,
    shop_id,
    'webhooks' as entity_type,
    {{ joined_key(['system', 'entity', "'silent'"]) }} as entity_id,
    cast(0 as decimal(18, 4)) as money_at_risk_amount,
    '' as currency,
    newest_at + interval {{ silent_after_hours }} hour as due_at,
    'a webhook for what changes' as expected,
    'the newest is of ' || strftime(newest_at, '%Y-%m-%d %H:%M') || ' UTC; since then ' || rows_read
    || ' changed records were read without one' as actual,
    to_json({'newest_at': newest_at, 'read_to': read_to, 'rows_read': rows_read}) as evidence,
    'webhooks do not come' as cause
from silent
where rows_read > 0 and read_to >= newest_at + interval {{ silent_after_hours }} hour
