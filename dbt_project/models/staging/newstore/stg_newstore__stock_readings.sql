-- Every reading of a node, whole or of what had changed, so that the newest can be held against the one before. Of two
-- within one second of NewStore's clock the later counts.
select
    id as node_id,
    try_cast(payload ->> '$.as_of' as timestamptz) as as_of,
    {{ units("payload ->> '$.items'") }} as sku_count,
    {{ units("payload ->> '$.items_at_zero'") }} as zero_count,
    coalesce((payload ->> '$.full_at') = (payload ->> '$.as_of'), false) as is_whole,
    observed_at
from {{ source('raw_newstore', 'stock_snapshots') }}
where not is_deleted
qualify row_number() over (partition by id, payload ->> '$.as_of' order by observed_at desc, load_id desc) = 1
