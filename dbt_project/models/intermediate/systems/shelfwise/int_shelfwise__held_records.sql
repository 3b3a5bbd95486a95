{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Reports of Shelfwise that cannot be read.
select
    'stock_reports' as entity,
    '' as shop_id,
    location as record_id,
    '' as parent_id,
    unnest(faults) as fault,
    observed_at
from {{ ref('stg_shelfwise__stock_reports') }}
where is_newest and not is_deleted
