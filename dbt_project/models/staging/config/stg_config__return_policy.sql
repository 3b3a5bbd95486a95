with versions as (
    {{ latest_versions(source('raw_config', 'return_policy')) }}
)

select
    id as return_policy_id,
    payload ->> '$.shop_id' as map_shop_id,
    payload ->> '$.step' as step,
    payload ->> '$.return_type' as return_type,
    payload ->> '$.reason' as reason,
    payload ->> '$.grading' as grading,
    {{ units("payload ->> '$.amount_up_to'") }} as amount_up_to,
    {{ units("payload ->> '$.earlier_returns_up_to'") }} as earlier_returns_up_to,
    payload ->> '$.decision' as decision,
    {{ units("payload ->> '$.percent'") }} as offered_percent,
    payload ->> '$.approval' as approval,
    coalesce(try_cast(payload ->> '$.valid_from' as date), date '1970-01-01') as valid_from,
    coalesce(try_cast(payload ->> '$.valid_to' as date), date '9999-12-31') as valid_to,
    is_deleted,
    loaded_through
from versions
