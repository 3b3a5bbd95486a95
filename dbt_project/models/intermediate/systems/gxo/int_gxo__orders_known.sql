{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

with reported as (
    select
        order_id,
        min(answered_at) as known_at
    from {{ ref('int_fulfilments__sent') }}
    where system = 'gxo' and purpose = 'N' and answer in ('A', 'E')
    group by order_id
),

advised as (
    select
        order_id,
        min(first_observed_at) as advised_at,
        sum(list_sum(list_transform(lines, lambda line: line.shipped))) as shipped_units
    from {{ ref('stg_gxo__shipping_advices') }}
    where not is_deleted
    group by order_id
)

-- An order of which nothing was shipped has no stock held for it.
select
    coalesce(reported.order_id, advised.order_id) as order_id,
    least(reported.known_at, advised.advised_at) as known_at,
    advised.advised_at is not null as has_left,
    cast([] as struct(sku varchar, quantity integer)[]) as waiting_lines
from reported
full outer join advised on reported.order_id = advised.order_id
where advised.shipped_units is null or advised.shipped_units > 0
