-- What the fulfilment systems hold for each order, all documents together. One row per order number that they name.
-- A document that was cancelled or refused holds nothing; one that waits, is worked on or has left does.
with documents as (
    select
        *,
        document_status not in ('cancelled', 'rejected') as is_living,
        document_status in ('sent', 'accepted', 'held', 'picking') as is_open,
        -- The one that says most of the order comes first.
        list_position(
            ['cancelled', 'rejected', 'sent', 'accepted', 'held', 'picking', 'part_shipped', 'shipped'], document_status
        ) as weight
    from {{ ref('int_fulfilments__documents') }}
),

contents as (
    select
        order_id,
        line.sku,
        sum(line.quantity) as quantity
    from (
        select
            order_id,
            unnest(lines) as line
        from documents
        where is_living
    ) as living
    group by order_id, line.sku
),

listed as (
    select
        order_id,
        string_agg(sku || ' x' || quantity, ', ' order by sku) as contents,
        sum(quantity) as units
    from contents
    group by order_id
)

select
    documents.order_id,
    max(documents.shop_id) as shop_id,
    arg_max(documents.system, documents.weight) as system,
    arg_max(documents.location, documents.weight) as location,
    arg_max(documents.document_status, documents.weight) as document_status,
    list(documents.system || '/' || documents.document_id order by documents.document_id) as document_ids,
    count(*) filter (where documents.is_living) as living_documents,
    count(*) filter (where documents.is_open) as open_documents,
    min(documents.accepted_at) as accepted_at,
    min(documents.shipped_at) as shipped_at,
    max(documents.cancelled_at) as document_cancelled_at,
    list_sort(
        list(distinct documents.system || '/' || documents.location) filter (where documents.is_open)
    ) as open_places,
    max(coalesce(documents.reference, '')) filter (
        where documents.is_living and coalesce(documents.reference, '') <> documents.order_id
    ) as other_reference,
    max(documents.document_id) filter (where documents.is_merged and documents.is_living) as merged_into,
    coalesce(any_value(listed.contents), '') as contents,
    coalesce(any_value(listed.units), 0) as units,
    max(documents.observed_at) as observed_at
from documents
left join listed using (order_id)
where documents.order_id is not null
group by documents.order_id
