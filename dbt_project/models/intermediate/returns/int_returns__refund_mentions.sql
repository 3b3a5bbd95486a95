{{ config(materialized=atomic_view()) }}

-- Whatever has a say in the refunds of an order, by its newest load: all that has one in its returns, the order, its
-- settlement lines and their statements, documents in the books, what we wrote, and what the maps say of it.
with returned as (
    select
        shop_id,
        return_id,
        unnest(order_ids) as order_id
    from {{ ref('stg_tiktok_shop__returns') }}
),

settled as (
    select
        shop_id,
        statement_id,
        settled_order_id as order_id,
        loaded_through
    from {{ ref('int_settlements__transactions') }}
    where settled_order_id is not null
),

-- A statement is a copy, or none, by what its twins of the same time say.
times as (
    select
        shop_id,
        statement_id,
        unnest(statement_times) as statement_time
    from {{ ref('stg_tiktok_shop__statements') }}
),

statements as (
    select
        own.shop_id,
        own.statement_id,
        changes.loaded_through
    from times as own
    inner join times as twin on own.shop_id = twin.shop_id and own.statement_time = twin.statement_time
    inner join {{ ref('int_settlements__changes') }} as changes
        on twin.shop_id = changes.shop_id and twin.statement_id = changes.statement_id
    union all
    select
        shop_id,
        parent_id as statement_id,
        loaded_through
    from {{ ref('stg_tieout__quarantine') }}
    where entity = 'statement_transactions'
),

documents as (
    select
        unnest(external_ids) as external_id,
        loaded_through
    from {{ ref('int_ledger__credit_memos') }}
),

written as (
    select
        shop_id,
        json_extract_string(desired, '$.return_id') as return_id,
        loaded_through
    from {{ ref('stg_tieout__acknowledgements') }}
)

select
    shop_id,
    order_id,
    loaded_through
from {{ ref('int_returns__changes') }}
union all
select
    shop_id,
    order_id,
    loaded_through
from {{ ref('stg_tiktok_shop__orders') }}
union all
select
    shop_id,
    order_id,
    loaded_through
from {{ ref('stg_tiktok_shop__revised_orders') }}
union all
select
    shop_id,
    order_id,
    loaded_through
from settled
union all
select
    shop_id,
    settled_order_id as order_id,
    loaded_through
from {{ ref('stg_tiktok_shop__statement_transactions') }}
where settled_order_id is not null
union all
select
    settled.shop_id,
    settled.order_id,
    statements.loaded_through
from statements
inner join settled on statements.shop_id = settled.shop_id and statements.statement_id = settled.statement_id
union all
select
    returned.shop_id,
    returned.order_id,
    documents.loaded_through
from documents
inner join returned
    on
        split_part(documents.external_id, '-', 3) = returned.shop_id
        and split_part(documents.external_id, '-', 4) = returned.return_id
union all
select
    returned.shop_id,
    returned.order_id,
    written.loaded_through
from written
inner join returned on written.shop_id = returned.shop_id and written.return_id = returned.return_id
union all
select
    shop_id,
    order_id,
    loaded_through
from {{ ref('int_returns__book_mentions') }}
