{{ config(materialized=atomic_view()) }}

{%- set kept_days = 14 %}

-- What each snapshot of the last two weeks said of each item.
with horizon as (
    select max(as_of) - interval {{ kept_days }} day as kept_from
    from {{ ref('stg_gxo__stock_snapshots') }}
),

reported as (
    select
        parent_id as snapshot_id,
        updated_at as reported_at,
        from_json(payload, '{"site": "VARCHAR", "sku": "VARCHAR", "quantities": "MAP(VARCHAR, INTEGER)"}') as body
    from {{ source('raw_gxo', 'stock_levels') }}
    cross join horizon
    where not is_deleted and updated_at >= horizon.kept_from
)

select
    snapshot_id,
    body.site,
    body.sku,
    body.quantities,
    reported_at
from reported
