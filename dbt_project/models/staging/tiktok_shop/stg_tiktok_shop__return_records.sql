{{
    config(
        materialized=changed_keys_incremental(),
        pre_hook="{{ delete_changed_keys([source('raw_tiktok_shop', 'return_records')], 'shop_id, return_id', 'shop_id, id', load_sequence('load_id')) }}"
    )
}}

-- What was done to a return, in TikTok Shop's own order. A list that is none is one row with its fault.
with versions as (
    {{ latest_versions(source('raw_tiktok_shop', 'return_records')) }}
),

lists as (
    select
        * exclude (payload),
        {{ epoch_instant("payload ->> '$.update_time'") }} as return_updated_at,
        from_json(
            payload -> '$.records',
            '[{"event": "VARCHAR", "role": "VARCHAR", "reason_text": "VARCHAR", "note": "VARCHAR",
               "create_time": "VARCHAR", "images": [{"url": "VARCHAR"}]}]'
        ) as records,
        {{ faults([shape_faults('payload', {
            'records': 'ARRAY', 'records[*]': 'OBJECT', 'records[*].images': 'ARRAY', 'records[*].images[*]': 'OBJECT',
        })]) }} as shape_faults
    from versions
),

entries as (
    select
        * exclude (records),
        unnest(
            list_transform(
                range(1, greatest(coalesce(len(records), 0), cast(len(shape_faults) > 0 as int)) + 1),
                lambda number: {'position': number, 'said': records[number]}
            )
        ) as listed
    from lists
)

select
    shop_id,
    id as return_id,
    return_updated_at,
    listed.position,
    listed.said.event,
    listed.said.role,
    listed.said.reason_text,
    listed.said.note,
    {{ epoch_instant('listed.said.create_time') }} as created_at,
    to_json(list_transform(coalesce(listed.said.images, []), lambda image: image.url)) as image_urls,
    list_concat(
        if(listed.position = 1, shape_faults, []),
        {{ faults([
            given_time_fault('records.create_time', 'listed.said.create_time'),
            each_fault(text_fault, ['event', 'role', 'reason_text', 'note'], of='listed.said.', shown='records.'),
        ]) }},
        {{ faults_in('listed.said.images', 'image', [text_fault('records.images.url', 'image.url')]) }}
    ) as faults,
    is_deleted,
    observed_at,
    loaded_through
from entries
