{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of ZigZag that cannot be read.
{{ held_records('zigzag', [
    ('returns', 'returns', 'shop_id', 'return_id', 'order_number'),
    ('returns', 'return_lines', 'shop_id', 'return_id', ''),
    ('returns', 'shipments', 'shop_id', 'return_id', ''),
    ('returns', 'shipment_events', 'shop_id', 'return_id', ''),
    ('reasons', 'reasons', '', 'reason_code', ''),
    ('conditions', 'conditions', '', 'condition_code', ''),
    ('dispositions', 'dispositions', '', 'disposition_code', ''),
]) }}
