{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    location as location_id,
    location,
    as_of
from {{ ref('stg_netsuite__stock_snapshots') }}
