{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of NewStore that cannot be read.
{{ held_records('newstore', [
    ('orders', 'orders', 'shop_id', 'newstore_order_id', 'external_id'),
    ('orders', 'order_items', 'shop_id', 'newstore_order_id', ''),
    ('fulfilment_requests', 'fulfilment_requests', 'shop_id', 'fulfilment_request_id', 'newstore_order_id'),
    ('returns', 'returns', 'shop_id', 'till_return_id', 'newstore_order_id'),
    ('returns', 'return_items', 'shop_id', 'till_return_id', ''),
    ('availabilities', 'availabilities', 'shop_id', 'availability_id', 'node_id'),
    ('locations', 'locations', '', 'node_id', ''),
]) }}
