{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select location from {{ ref('stg_linnworks__locations') }}
where not is_deleted
