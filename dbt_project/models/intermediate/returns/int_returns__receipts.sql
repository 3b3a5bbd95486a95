{{ config(materialized=atomic_view()) }}

-- What stock systems that count what arrives took in under a number: of a return that is its id.
{{ united('return_receipts') }}
