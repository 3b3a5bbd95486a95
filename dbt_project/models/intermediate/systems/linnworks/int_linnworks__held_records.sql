{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of Linnworks that cannot be read.
{{ held_records('linnworks', [
    ('orders', 'orders', 'shop_id', 'order_id', 'reference'),
    ('orders', 'order_lines', 'shop_id', 'order_id', ''),
    ('stock_items', 'stock_items', 'shop_id', 'item_id', ''),
    ('stock_levels', 'stock_level_rows', 'shop_id', 'stock_level_id', 'location_id'),
    ('locations', 'locations', '', 'location_id', ''),
    ('compositions', 'composition_faults', '', 'bundle_id', ''),
]) }}
