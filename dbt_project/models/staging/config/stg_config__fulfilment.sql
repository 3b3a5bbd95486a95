with versions as (
    {{ latest_versions(source('raw_config', 'fulfilment')) }}
)

select
    id as fulfilment_id,
    payload ->> '$.answer_cancellations' as answer_cancellations,
    is_deleted,
    loaded_through
from versions
