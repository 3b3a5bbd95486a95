{{ config(materialized=atomic_view()) }}

-- The transactions of the books, deleted ones included.
{{ united('ledger_entries') }}
