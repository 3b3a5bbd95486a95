{{ config(contract={'enforced': true}) }}

-- Orders in Linnworks from TikTok Shop: what it shows of them, and what it was sent since it was last read. What was
-- merged into another order is shown as a warehouse order of its own, for as much as it was, and the other one as the
-- rest.
--
-- Coverage is loaded at the end of a cycle, stock after the orders: the older of both is from before the last complete
-- reading of the orders.
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

active as (
    select * from {{ ref('int_linnworks__orders') }}
    where not is_deleted
),

merged as (
    select * from {{ ref('int_linnworks__merged_orders') }}
),

taken_over as (
    select
        warehouse_order_id,
        flatten(list(lines)) as lines
    from merged
    group by warehouse_order_id
),

-- A warehouse order that was made of others alone has nothing of its own.
own as (
    select
        active.* exclude (lines),
        case
            when taken_over.warehouse_order_id is null then active.lines
            else list_filter(
                list_transform(
                    active.lines,
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
    from active
    left join taken_over on active.warehouse_order_id = taken_over.warehouse_order_id
    where
        taken_over.warehouse_order_id is null
        or active.order_id in (select order_id from {{ ref('int_fulfilments__orders') }})
),

taken as (
    select
        active.* exclude (order_id, reference, lines),
        merged.order_id,
        merged.order_id as reference,
        merged.lines,
        true as is_merged
    from merged
    inner join active on merged.warehouse_order_id = active.warehouse_order_id
)

{% for part in ['own', 'taken'] -%}
    select
        order_id,
        warehouse_order_id,
        reference,
        is_merged,
        location,
        warehouse_status,
        first_observed_at as accepted_at,
        processed_at as shipped_at,
        cancelled_at,
        lines,
        first_observed_at,
        observed_at
    from {{ part }}
    union all by name
{% endfor -%}
{{ sent_since_read('linnworks', shown=ref('int_linnworks__orders')) }}
