{{ config(materialized=atomic_view()) }}

-- Names that items of a system have had, where an item has an id besides.
{{ united('item_names') }}
