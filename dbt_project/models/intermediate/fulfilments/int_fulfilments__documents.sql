-- One row per document that a fulfilment system holds for a TikTok order: what it says of it, and how far it is.
with orders as (
    select
        order_id,
        any_value(shop_id) as shop_id
    from {{ ref('stg_tiktok_shop__orders') }}
    group by order_id
),

documents as (
    select * from {{ ref('int_fulfilments__gxo_documents') }}
    union all by name
    select * from {{ ref('int_fulfilments__linnworks_documents') }}
)

select
    orders.shop_id,
    documents.order_id,
    documents.system,
    documents.document_id,
    coalesce(documents.reference, documents.order_id) as reference,
    coalesce(documents.is_merged, false) as is_merged,
    documents.location,
    documents.document_status,
    documents.accepted_at,
    documents.shipped_at,
    documents.cancelled_at,
    documents.lines,
    coalesce(list_sum(list_transform(documents.lines, lambda line: line.quantity)), 0) as units,
    documents.first_observed_at,
    documents.observed_at
from documents
left join orders on documents.order_id = orders.order_id
