{{ config(contract={'enforced': true}) }}

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

advices as (
    select * from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
),

goods as (
    select
        order_id,
        list({'sku': sku, 'quantity': quantity} order by sku) as lines
    from (
        select
            order_id,
            line.sku,
            cast(sum(line.shipped) as integer) as quantity
        from (
            select
                order_id,
                unnest(lines) as line
            from advices
        ) as lines
        group by order_id, line.sku
    ) as items
    group by order_id
),

advised as (
    select
        advices.order_id,
        any_value(advices.site) as location,
        coalesce(sum(list_sum(list_transform(advices.lines, lambda line: line.shipped))), 0) as shipped_units,
        min(advices.first_observed_at) as advised_at,
        max(advices.observed_at) as observed_at,
        coalesce(any_value(goods.lines), []) as lines
    from advices
    left join goods on advices.order_id = goods.order_id
    group by advices.order_id
),

joined as (
    select
        coalesce(sent.order_id, advised.order_id) as order_id,
        -- What has left is what the advice says, and from where; what is still to come is what was sent.
        coalesce(nullif(advised.location, ''), sent.location) as location,
        case
            when sent.order_id is null then advised.lines
            when
                len(list_filter(advised.lines, lambda gone: gone.quantity > coalesce(list_sum(list_transform(
                    list_filter(sent.lines, lambda wanted: wanted.sku = gone.sku), lambda wanted: wanted.quantity
                )), 0))) > 0
                then list_filter(advised.lines, lambda gone: gone.quantity > 0)
            else sent.lines
        end as lines,
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
    order_id,
    order_id as warehouse_order_id,
    order_id as reference,
    false as is_merged,
    location,
    case
        when shipped_units = 0 then 'cancelled'
        when shipped_units < ordered_units then 'part_shipped'
        when advised_at is not null then 'shipped'
        when is_accepted then 'accepted'
        when is_rejected then 'rejected'
        else 'sent'
    end as warehouse_status,
    accepted_at,
    case when shipped_units > 0 then advised_at end as shipped_at,
    case when shipped_units = 0 then advised_at end as cancelled_at,
    lines,
    first_observed_at,
    observed_at
from joined
