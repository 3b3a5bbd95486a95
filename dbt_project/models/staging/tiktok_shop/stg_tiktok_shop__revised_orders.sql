{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'statement_transactions')], 'shop_id, transaction_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- Settlement lines that were sent more than once: each order that a version has named. An order whose line now names
-- another one has lost it, which no active line shows.
with versions as (
    select
        *,
        {{ load_sequence('load_id') }} as load_sequence
    from {{ source('raw_tiktok_shop', 'statement_transactions') }}
    {{ only_changed_keys('shop_id, id') }}
),

revised as (
    select
        shop_id,
        id,
        max(load_sequence) as loaded_through
    from versions
    group by shop_id, id
    having count(*) filter (where not is_deleted) > 1
),

named as (
    select distinct
        versions.shop_id,
        versions.id,
        versions.payload ->> '$.order_id' as order_id,
        revised.loaded_through
    from versions
    inner join revised on versions.shop_id = revised.shop_id and versions.id = revised.id
    where not versions.is_deleted
)

select
    shop_id,
    id as transaction_id,
    order_id,
    loaded_through
from named
where order_id <> ''
