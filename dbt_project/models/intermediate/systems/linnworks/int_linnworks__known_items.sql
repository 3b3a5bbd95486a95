{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    location,
    sku as item
from {{ ref('stg_linnworks__stock_levels') }}
