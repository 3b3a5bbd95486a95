{{ config(materialized=atomic_view()) }}

-- Every time that a product or its detail was read, whatever it said.
select
    shop_id,
    id as product_id,
    load_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_tiktok_shop', 'products') }}
union all
select
    shop_id,
    id as product_id,
    load_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_tiktok_shop', 'product_details') }}
