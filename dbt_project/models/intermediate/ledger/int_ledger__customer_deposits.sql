{{ config(materialized=atomic_view()) }}

-- The deposits for sales orders that the books hold.
{{ united('customer_deposits') }}
