{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- What the tenant calls the conditions of a unit. A code whose text cannot be read is its own name.
select
    condition_code as condition,
    coalesce(nullif(description, ''), condition_code) as description
from {{ ref('stg_zigzag__conditions') }}
where not is_deleted
