{{ config(materialized=atomic_view()) }}

-- What snapshots of late said that was new of each item.
{{ united('stock_history') }}
