{{ config(materialized=atomic_view()) }}

-- Orders that the system that ships them must still be asked to cancel.
{{ united('cancellations_due') }}
