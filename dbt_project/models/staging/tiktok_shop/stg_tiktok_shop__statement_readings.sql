{{ config(materialized=atomic_view()) }}

-- Every time that a statement was read, whatever it said.
select
    shop_id,
    id as statement_id,
    load_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_tiktok_shop', 'statements') }}
