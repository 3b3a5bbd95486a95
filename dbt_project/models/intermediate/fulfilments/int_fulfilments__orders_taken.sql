{{ config(materialized=atomic_view()) }}

-- Orders that a system has, whether or not we sent them.
{{ united('orders_taken') }}
