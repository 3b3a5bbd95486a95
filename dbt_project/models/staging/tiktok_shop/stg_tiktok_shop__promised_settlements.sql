{{ config(materialized=atomic_view()) }}

-- The last day on which each estimate of TikTok Shop said that it settles. A row leaves the list before its statement
-- closes (fact sheet tiktok_shop 7.6), so absence from the list says nothing.
select
    shop_id,
    id as unsettled_id,
    {{ epoch_instant("arg_max(payload, observed_at) filter (where not is_deleted) ->> '$.estimated_settlement'") }}
        as promised_at
from {{ source('raw_tiktok_shop', 'unsettled_transactions') }}
group by shop_id, id
