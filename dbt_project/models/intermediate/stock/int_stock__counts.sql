{{ config(materialized=atomic_view()) }}

-- The first and the newest count of each item, of systems that tell all that moves.
{{ united('stock_counts') }}
