{{ config(materialized=atomic_view()) }}

-- What each transaction of the books says of each account.
{{ united('ledger_lines') }}
