{{ config(materialized=atomic_view()) }}

-- Items that a location of a system knows.
{{ united('known_items') }}
