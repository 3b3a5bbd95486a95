{{ config(materialized=atomic_view()) }}

-- What each site said first to have of each item on hand.
with opening as (
    select
        id as stock_level_id,
        min(updated_at) as opened_at,
        max(payload) as payload
    from {{ source('raw_gxo', 'stock_levels') }}
    where
        not is_deleted
        and (id, updated_at) in (
            select (id, min(updated_at))
            from {{ source('raw_gxo', 'stock_levels') }}
            where not is_deleted
            group by id
        )
    group by id
)

select
    stock_level_id,
    opened_at,
    try_cast(payload ->> '$.quantities.17' as integer) as opening_quantity,
    (payload ->> '$.quantities.17') is not null as is_counted
from opening
