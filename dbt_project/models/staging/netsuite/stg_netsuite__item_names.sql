{{ config(materialized=atomic_view()) }}

-- Each name that an item has had, from when until when; the first from ever on, for it had it before we read it.
with versions as (
    select
        shop_id,
        id as item_id,
        payload ->> '$.itemid' as sku,
        observed_at
    from {{ source('raw_netsuite', 'items') }}
    where not is_deleted and (payload ->> '$.itemid') <> ''
)

select
    shop_id,
    item_id,
    sku,
    if(lag(sku) over seen is null, timestamptz '1970-01-01 00:00:00+00', observed_at) as named_from,
    coalesce(lead(observed_at) over seen, timestamptz '9999-12-31 00:00:00+00') as named_until
from versions
window seen as (partition by shop_id, item_id order by observed_at)
