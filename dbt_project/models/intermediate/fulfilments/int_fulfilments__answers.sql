{{ config(materialized=atomic_view()) }}

-- What systems that answer by file said to what they were sent.
{{ united('answers') }}
