{{ config(materialized=atomic_view()) }}

-- Snapshots of the stock of locations, each with the one before.
{{ united('stock_snapshots') }}
