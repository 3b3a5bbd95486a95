with versions as (
    {{ latest_versions(source('raw_config', 'books')) }}
)

select
    id as books_id,
    coalesce(try_cast(payload ->> '$.approval_above_amount' as decimal(18, 4)), 100000) as approval_above_amount,
    coalesce(try_cast(nullif(payload ->> '$.post_from', '') as date), date '1970-01-01') as post_from,
    coalesce({{ units("payload ->> '$.days_to_arrive'") }}, 5) as days_to_arrive,
    coalesce(payload ->> '$.refund_document', 'journal') as refund_document,
    payload ->> '$.refund_item' as refund_item,
    coalesce(try_cast(nullif(payload ->> '$.refund_documents_from', '') as date), date '1970-01-01')
        as refund_documents_from,
    coalesce(payload ->> '$.refund_in_closed_period', 'hold') as refund_in_closed_period,
    is_deleted,
    loaded_through
from versions
