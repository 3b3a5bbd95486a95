-- For each statement the newest load that had a say in its lines: its rows (also those that have moved to another
-- statement), its list row and its summary; and, for their classes and tax, the maps.
with mentions as (
    select
        shop_id,
        statement_id,
        loaded_through
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    union all
    select
        shop_id,
        unnest(statement_ids) as statement_id,
        loaded_through
    from {{ ref('stg_tiktok_shop__statement_transactions') }}
    where len(statement_ids) > 1
    union all
    select
        shop_id,
        statement_id,
        loaded_through
    from {{ ref('stg_tiktok_shop__statements') }}
    union all
    select
        shop_id,
        statement_id,
        loaded_through
    from {{ ref('stg_tiktok_shop__statement_summaries') }}
),

classes as (
    select coalesce(max(loaded_through), 0) as loaded_through
    from (
        select loaded_through from {{ ref('stg_config__fee_map') }}
        union all
        select loaded_through from {{ ref('stg_config__tax_map') }}
        union all
        select loaded_through from {{ ref('stg_config__shops') }}
    ) as map
)

select
    mentions.shop_id,
    mentions.statement_id,
    greatest(max(mentions.loaded_through), any_value(classes.loaded_through)) as loaded_through
from mentions
cross join classes
where mentions.statement_id is not null
group by mentions.shop_id, mentions.statement_id
