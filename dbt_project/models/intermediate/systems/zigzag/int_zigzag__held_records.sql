{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- Records of ZigZag that cannot be read, and statuses that no document names.
{{ held_records('zigzag', [
    ('returns', 'returns', 'shop_id', 'return_id', 'order_number'),
    ('returns', 'return_lines', 'shop_id', 'return_id', ''),
    ('returns', 'shipments', 'shop_id', 'return_id', ''),
    ('returns', 'shipment_events', 'shop_id', 'return_id', ''),
    ('reasons', 'reasons', '', 'reason_code', ''),
    ('conditions', 'conditions', '', 'condition_code', ''),
    ('dispositions', 'dispositions', '', 'disposition_code', ''),
]) }}
{%- for model in ['returns', 'parcels'] %}
    union all
    select
        'returns' as entity,
        '' as shop_id,
        portal_return_id as record_id,
        '' as parent_id,
        {
            'field': '{{ 'status' if model == 'returns' else 'shipments.status' }}',
            'value': raw_status,
            'reason': 'a status that no document names'
        } as fault,
        observed_at
    from {{ ref('int_zigzag__portal_' ~ model) }}
    where raw_status <> '' and status is null
{%- endfor %}
