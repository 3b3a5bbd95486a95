{{ config(materialized=atomic_view()) }}

{{ item_names(source('raw_netsuite', 'items'), '$.itemid') }}
