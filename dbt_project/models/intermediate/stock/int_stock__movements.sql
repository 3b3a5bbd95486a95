{{ config(materialized=atomic_view()) }}

-- What systems reported of goods in, adjustments and shipments between snapshots.
{{ united('stock_movements') }}
