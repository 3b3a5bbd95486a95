{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_zigzag', 'returns')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- A line that is there twice is one line.
with versions as (
    {{ latest_versions(source('raw_zigzag', 'returns')) }}
),

lines as (
    select distinct
        shop_id,
        id as return_id,
        is_deleted,
        observed_at,
        loaded_through,
        try_cast(payload ->> '$.createdAt' as timestamptz) as created_at,
        unnest(
            from_json(
                payload -> '$.lines',
                '[{"lineId": "VARCHAR", "sku": "VARCHAR", "gtin": "VARCHAR", "quantityRequested": "VARCHAR",
                   "quantityReceived": "VARCHAR", "reasonId": "VARCHAR", "reasonCode": "VARCHAR",
                   "reasonText": "VARCHAR", "returnOption": "VARCHAR", "condition": "VARCHAR",
                   "disposition": "VARCHAR", "gradedAt": "VARCHAR", "images": ["VARCHAR"]}]'
            )
        ) as line
    from versions
)

select
    shop_id,
    return_id,
    created_at,
    coalesce(line.lineid, '') as line_id,
    line.sku,
    {{ counted_units('line.quantityrequested') }} as quantity_requested,
    {{ counted_units('line.quantityreceived') }} as quantity_received,
    coalesce(line.reasoncode, '') as reason_code,
    coalesce(line.reasontext, '') as reason_text,
    coalesce(line.returnoption, '') as return_option,
    coalesce(line.condition, '') as condition,
    coalesce(line.disposition, '') as disposition,
    try_cast(line.gradedat as timestamptz) as graded_at,
    coalesce(line.images, []) as image_urls,
    list_concat(
        {{ faults([
            each_fault(missing_fault, ['lineId', 'sku', 'quantityRequested'], of='line.', shown='lines.'),
            shared_id_fault('lines.lineId', 'line.lineid', 'shop_id, return_id'),
            each_fault(text_fault, [
                'lineId', 'sku', 'gtin', 'reasonId', 'reasonCode', 'reasonText', 'returnOption', 'condition',
                'disposition',
            ], of='line.', shown='lines.'),
            each_fault(count_fault, ['quantityRequested', 'quantityReceived'], of='line.', shown='lines.'),
            each_fault(instant_fault, ['gradedAt'], of='line.', shown='lines.'),
        ]) }},
        {{ faults_in('line.images', 'image', [text_fault('lines.images', 'image')]) }}
    ) as faults,
    is_deleted,
    observed_at,
    loaded_through
from lines
