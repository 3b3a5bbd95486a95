{{ config(materialized=atomic_view()) }}

-- Released orders that the system that ships them must still be sent.
{{ united('orders_due') }}
