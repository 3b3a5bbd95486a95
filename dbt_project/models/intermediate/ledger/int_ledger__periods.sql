{{ config(materialized=atomic_view()) }}

-- The accounting periods of the books.
{{ united('accounting_periods') }}
