-- Every whole reading of a location, so that the newest can be held against the one before.
select distinct
    id as location,
    try_cast(payload ->> '$.as_of' as timestamptz) as as_of,
    {{ units("payload ->> '$.items'") }} as sku_count,
    {{ units("payload ->> '$.items_at_zero'") }} as zero_count,
    observed_at
from {{ source('raw_netsuite', 'stock_snapshots') }}
where not is_deleted
