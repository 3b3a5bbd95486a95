{{ config(materialized=atomic_view()) }}

-- Items whose stock was reported, by system.
{{ united('items_reported', 'stg') }}
