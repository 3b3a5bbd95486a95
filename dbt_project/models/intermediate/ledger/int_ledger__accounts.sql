{{ config(materialized=atomic_view()) }}

-- The accounts of the books.
{{ united('ledger_accounts') }}
