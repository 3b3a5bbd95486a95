{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

select location_id as location from {{ ref('stg_netsuite__locations') }}
where not is_deleted and not is_inactive
