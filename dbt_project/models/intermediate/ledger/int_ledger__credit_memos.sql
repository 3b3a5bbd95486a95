{{ config(materialized=atomic_view()) }}

-- The refunds that the books hold as documents of their own.
{{ united('credit_memos') }}
