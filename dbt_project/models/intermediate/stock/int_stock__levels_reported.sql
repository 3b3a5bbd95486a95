{{ config(materialized=atomic_view()) }}

-- What each system says of each item in its newest snapshot.
{{ united('stock_levels') }}
