{{ config(materialized=atomic_view()) }}

-- The sales orders that systems which ship keep of TikTok Shop's orders, with what they come to.
{{ united('order_values') }}
