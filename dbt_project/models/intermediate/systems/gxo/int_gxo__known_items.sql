{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select
    site as location,
    sku as item
from {{ ref('stg_gxo__stock_levels') }}
