{{ config(materialized=atomic_view()) }}

-- Every time that an order was read, whatever it said.
select
    shop_id,
    id as order_id,
    load_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_tiktok_shop', 'orders') }}
