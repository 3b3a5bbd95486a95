{{ config(materialized=atomic_view()) }}

{{ item_names(source('raw_linnworks', 'stock_items'), '$.ItemNumber') }}
