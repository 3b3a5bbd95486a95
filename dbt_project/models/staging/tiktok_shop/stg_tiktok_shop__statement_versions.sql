-- Statements whose day was not always the same: each version's day. A statement that kept its day has no row.
with versions as (
    select
        shop_id,
        id as statement_id,
        observed_at,
        {{ load_sequence('load_id') }} as load_sequence,
        {{ epoch_instant("payload ->> '$.statement_time'") }} as statement_at
    from {{ source('raw_tiktok_shop', 'statements') }}
    where not is_deleted
)

select
    *,
    max(load_sequence) over (partition by shop_id, statement_id) as loaded_through
from versions
qualify count(distinct statement_at) over (partition by shop_id, statement_id) > 1
