{{ config(materialized=atomic_view()) }}

-- Units that came back to tills, as the systems of stores say it.
{{ united('till_returns') }}
