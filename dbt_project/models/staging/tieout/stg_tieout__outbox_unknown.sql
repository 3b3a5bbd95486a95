{{ config(materialized=atomic_view()) }}

-- Since when the outcome of an intent has been unknown: the first copy after the last one that showed it otherwise.
with copies as (
    select
        id as outbox_id,
        payload ->> '$.state' as state,
        observed_at,
        max(observed_at) filter (where payload ->> '$.state' <> 'unknown') over (partition by id) as known_at
    from {{ source('raw_tieout', 'outbox') }}
)

select
    outbox_id,
    min(observed_at) filter (where state = 'unknown') as unknown_since
from copies
where known_at is null or observed_at > known_at
group by outbox_id
