-- Orders in Linnworks from TikTok Shop: what it shows of them, and what it was sent since it was last read. What was
-- merged into another order is shown as a document of its own, for as much as it was, and the other one as the rest.
--
-- A load's id is the instant at which it began, on the clock that stamps what we send. Coverage is loaded at the end
-- of a cycle, stock after the orders: the older of both is from before the last complete reading of the orders.
with orders_read as (
    select max(loaded_through) as loaded_through from {{ ref('int_coverage__windows') }}
    where system = 'linnworks' and entity = 'orders'
),

stock_read as (
    select max(loaded_through) as loaded_through from {{ ref('stg_linnworks__stock_snapshots') }}
),

last_read as (
    select least(orders_read.loaded_through, stock_read.loaded_through) as loaded_through
    from orders_read
    cross join stock_read
),

-- What was sent before the last reading, and is not in it, is not there.
unread as (
    select sent.*
    from {{ ref('int_fulfilments__sent') }} as sent
    cross join last_read
    anti join {{ ref('stg_linnworks__orders') }} as seen on sent.control_number = seen.order_id
    where
        sent.system = 'linnworks'
        and sent.purpose = 'N'
        and epoch_us(sent.sent_at) * 10 > coalesce(last_read.loaded_through, 0)
),

living as (
    select * from {{ ref('int_fulfilments__linnworks_orders') }}
    where not is_deleted
),

merged as (
    select * from {{ ref('int_fulfilments__linnworks_merged') }}
),

taken_over as (
    select
        document_id,
        flatten(list(lines)) as lines
    from merged
    group by document_id
),

-- A document that was made of others alone has nothing of its own.
own as (
    select
        living.* exclude (lines),
        case
            when taken_over.document_id is null then living.lines
            else list_filter(
                list_transform(
                    living.lines,
                    lambda held: {
                        'sku': held.sku,
                        'quantity': cast(held.quantity - coalesce(list_sum(list_transform(
                            list_filter(taken_over.lines, lambda added: added.sku = held.sku),
                            lambda added: added.quantity
                        )), 0) as integer)
                    }
                ),
                lambda held: held.quantity > 0
            )
        end as lines,
        false as is_merged
    from living
    left join taken_over on living.document_id = taken_over.document_id
    where
        taken_over.document_id is null
        or living.order_id in (select order_id from {{ ref('int_fulfilments__orders') }})
),

taken as (
    select
        living.* exclude (order_id, reference, lines),
        merged.order_id,
        merged.order_id as reference,
        merged.lines,
        true as is_merged
    from merged
    inner join living on merged.document_id = living.document_id
)

{% for documents in ['own', 'taken'] -%}
    select
        'linnworks' as system,
        order_id,
        document_id,
        reference,
        is_merged,
        location,
        document_status,
        first_observed_at as accepted_at,
        processed_at as shipped_at,
        cancelled_at,
        lines,
        first_observed_at,
        observed_at
    from {{ documents }}
    union all by name
{% endfor -%}
select
    system,
    order_id,
    control_number as document_id,
    order_id as reference,
    false as is_merged,
    location,
    'sent' as document_status,
    lines,
    sent_at as first_observed_at,
    sent_at as observed_at
from unread
