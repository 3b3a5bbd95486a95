{{ config(materialized=atomic_view()) }}

-- What systems make bundles of.
{{ united('compositions') }}
