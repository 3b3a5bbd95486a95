-- Every report of a place, so that the newest can be held against the one before.
with versions as (
    select
        id,
        payload,
        payload -> '$.lines[*]' as counted,
        observed_at,
        is_deleted,
        row_number() over (partition by id order by observed_at desc, load_id desc) = 1 as is_newest,
        {{ load_sequence('load_id') }} as loaded_through
    from {{ source('raw_shelfwise', 'stock_reports') }}
)

select
    id as location,
    payload ->> '$.taken_at' as snapshot_id,
    try_cast(payload ->> '$.taken_at' as timestamptz) as as_of,
    list_transform(counted, lambda line: {
        'item': line ->> '$.sku',
        'on_hand': {{ units("(line ->> '$.on_hand')") }},
        'reserved': {{ units("(line ->> '$.reserved')") }}
    }) as lines,
    list_concat(
        {{ faults([
            missing_fault('taken_at', "(payload ->> '$.taken_at')"),
            instant_fault('taken_at', "(payload ->> '$.taken_at')"),
        ]) }},
        {{ faults_in('counted', 'line', [
            missing_fault('lines.sku', "(line ->> '$.sku')"),
            missing_fault('lines.on_hand', "(line ->> '$.on_hand')"),
            count_fault('lines.on_hand', "(line ->> '$.on_hand')"),
            count_fault('lines.reserved', "(line ->> '$.reserved')"),
        ]) }}
    ) as faults,
    is_newest,
    is_deleted,
    observed_at,
    loaded_through
from versions
