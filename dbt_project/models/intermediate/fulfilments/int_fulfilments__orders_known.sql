{{ config(materialized=atomic_view()) }}

-- Orders that a system knows of and holds stock for, or has shipped.
{{ united('orders_known') }}
