{{ config(materialized=atomic_view()) }}

-- The locations that systems list.
{{ united('locations') }}
