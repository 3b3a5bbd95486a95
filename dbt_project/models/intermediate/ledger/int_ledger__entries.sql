{{ config(materialized=atomic_view()) }}

-- The transactions of the books, living and gone.
{{ united('ledger_entries') }}
