-- When a return is late, and until when money can be claimed back. One row.
with versions as (
    {{ latest_versions(source('raw_config', 'returns')) }}
)

select
    id as returns_id,
    coalesce({{ units("payload ->> '$.refund_after_hours'") }}, 48) as refund_after_hours,
    coalesce({{ units("payload ->> '$.restock_after_hours'") }}, 24) as restock_after_hours,
    coalesce({{ units("payload ->> '$.lost_after_days'") }}, 14) as lost_after_days,
    coalesce({{ units("payload ->> '$.appeal_days'") }}, 7) as appeal_days,
    coalesce({{ units("payload ->> '$.claim_days'") }}, 40) as claim_days,
    is_deleted,
    loaded_through
from versions
