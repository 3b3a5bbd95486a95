-- When a return is late, and until when money can be claimed back. One row, also before the tenant's settings are read:
-- then these are the defaults.
with versions as (
    {{ latest_versions(source('raw_config', 'returns')) }}
)

select
    'returns' as returns_id,
    coalesce(max({{ units("payload ->> '$.refund_after_hours'") }}), 48) as refund_after_hours,
    coalesce(max({{ units("payload ->> '$.restock_after_hours'") }}), 24) as restock_after_hours,
    coalesce(max({{ units("payload ->> '$.decide_ungraded_hours'") }}), 6) as decide_ungraded_hours,
    coalesce(max({{ units("payload ->> '$.lost_after_days'") }}), 14) as lost_after_days,
    coalesce(max({{ units("payload ->> '$.appeal_days'") }}), 7) as appeal_days,
    coalesce(max({{ units("payload ->> '$.claim_days'") }}), 40) as claim_days,
    coalesce(max(payload ->> '$.till_refunds'), 'off') as till_refunds,
    max(loaded_through) as loaded_through
from versions
where not is_deleted
