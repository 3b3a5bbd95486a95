{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    bundle,
    component,
    quantity
from {{ ref('stg_linnworks__compositions') }}
