{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    location_id,
    location,
    as_of
from {{ ref('stg_linnworks__stock_snapshots') }}
