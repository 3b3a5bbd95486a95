{{ config(materialized=atomic_view()) }}

-- Every time that a payment was read, whatever it said.
select
    shop_id,
    id as payment_id,
    load_id,
    {{ load_sequence('load_id') }} as loaded_through
from {{ source('raw_tiktok_shop', 'payments') }}
