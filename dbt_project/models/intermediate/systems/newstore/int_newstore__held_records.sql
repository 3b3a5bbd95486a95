{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of NewStore that cannot be read.
{{ held_records('newstore', [
    ('availabilities', 'availabilities', 'shop_id', 'availability_id', 'node_id'),
    ('locations', 'locations', '', 'node_id', ''),
]) }}
