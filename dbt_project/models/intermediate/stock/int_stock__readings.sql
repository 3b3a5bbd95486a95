{{ config(materialized=atomic_view()) }}

-- When each location of a system that is read whole was last read.
{{ united('stock_readings') }}
