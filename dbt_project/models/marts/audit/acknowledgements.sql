select
    sync,
    entity_key,
    shop_id,
    vendor_id,
    desired_hash,
    acknowledged_at
from {{ ref('stg_tieout__acknowledgements') }}
