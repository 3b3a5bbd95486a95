{{ config(materialized=atomic_view()) }}

-- The first and the newest count of each item, of systems that report every movement.
{{ united('stock_counts') }}
