-- Orders at GXO, from what it was sent, what it acknowledged, and what it advised; an advice without order is one too.
with sent as (
    select
        order_id,
        arg_max(location, sent_at) as location,
        arg_max(lines, sent_at) as lines,
        min(sent_at) as sent_at,
        max(answered_at) as answered_at,
        min(answered_at) filter (where answer in ('A', 'E', 'P')) as accepted_at,
        coalesce(bool_or(answer in ('A', 'E', 'P')), false) as is_accepted,
        arg_max(coalesce(answer, ''), sent_at) in {{ refused_answers() }} as is_rejected
    from {{ ref('int_fulfilments__sent') }}
    where system = 'gxo' and purpose = 'N'
    group by order_id
),

advised as (
    select
        order_id,
        any_value(site) as location,
        coalesce(sum(list_sum(list_transform(lines, lambda line: line.shipped))), 0) as shipped_units,
        min(first_observed_at) as advised_at,
        max(observed_at) as observed_at,
        flatten(list(list_transform(lines, lambda line: {'sku': line.sku, 'quantity': line.shipped}))) as lines
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
    group by order_id
),

joined as (
    select
        coalesce(sent.order_id, advised.order_id) as order_id,
        coalesce(sent.location, advised.location) as location,
        coalesce(sent.lines, advised.lines) as lines,
        sent.accepted_at,
        sent.is_accepted,
        sent.is_rejected,
        advised.advised_at,
        advised.shipped_units,
        list_sum(list_transform(coalesce(sent.lines, advised.lines), lambda line: line.quantity)) as ordered_units,
        coalesce(sent.sent_at, advised.advised_at) as first_observed_at,
        coalesce(advised.observed_at, sent.answered_at, sent.sent_at) as observed_at
    from sent
    full outer join advised on sent.order_id = advised.order_id
)

select
    'gxo' as system,
    order_id,
    order_id as document_id,
    location,
    case
        when shipped_units = 0 then 'cancelled'
        when shipped_units < ordered_units then 'part_shipped'
        when advised_at is not null then 'shipped'
        when is_accepted then 'accepted'
        when is_rejected then 'rejected'
        else 'sent'
    end as document_status,
    accepted_at,
    case when shipped_units > 0 then advised_at end as shipped_at,
    case when shipped_units = 0 then advised_at end as cancelled_at,
    lines,
    first_observed_at,
    observed_at
from joined
