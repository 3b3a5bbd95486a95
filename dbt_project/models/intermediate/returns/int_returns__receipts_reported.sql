{{ config(materialized=atomic_view()) }}

-- What stock systems that count what arrives took in of returns, as they report it.
{{ united('return_receipts') }}
