{{ config(materialized=atomic_view()) }}

-- Every number that an account of the books ever had, with the account's newest load.
{{ united('account_changes') }}
