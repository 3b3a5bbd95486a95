-- Orders merged into another one in Linnworks: their own record is gone, its lines are in an active one. One row per
-- merged order. Lines are matched by id, else by item, when the other order has exactly these beyond its own.
with warehouse_orders as (
    select * from {{ ref('int_linnworks__orders') }}
),

active as (
    select * from warehouse_orders
    where not is_deleted and warehouse_status <> 'cancelled'
),

gone as (
    select gone.*
    from warehouse_orders as gone
    anti join active on gone.order_id = active.order_id
    -- Merges of finished orders need no comparison.
    semi join {{ ref('int_fulfilments__orders') }} as orders
        on
            gone.order_id = orders.order_id
            and orders.order_status not in ('CANCELLED', 'DELIVERED', 'COMPLETED')
    where gone.is_deleted and gone.warehouse_status not in ('cancelled', 'shipped') and len(gone.lines) > 0
    qualify
        row_number() over (partition by gone.order_id order by gone.observed_at desc, gone.warehouse_order_id asc) = 1
),

ordered as (
    select
        orders.order_id,
        line.sku,
        line.quantity
    from (
        select
            order_id,
            unnest(lines) as line
        from {{ ref('int_fulfilments__orders') }}
    ) as orders
),

held as (
    select
        active.warehouse_order_id,
        active.line.sku,
        active.line.quantity - coalesce(ordered.quantity, 0) as quantity
    from (
        select
            warehouse_order_id,
            order_id,
            unnest(lines) as line
        from active
        where exists (select 1 from gone)
    ) as active
    left join ordered on active.order_id = ordered.order_id and active.line.sku = ordered.sku
),

surplus as (
    select * from held
    where quantity > 0
),

lost as (
    select
        order_id,
        len(lines) as items,
        unnest(lines) as line
    from gone
),

-- A warehouse order that holds too much of every item of the one that is gone.
fitting as (
    select
        lost.order_id,
        surplus.warehouse_order_id
    from lost
    inner join surplus on lost.line.sku = surplus.sku and lost.line.quantity <= surplus.quantity
    group by lost.order_id, surplus.warehouse_order_id, lost.items
    having count(*) = lost.items
),

added as (
    select
        fitting.warehouse_order_id,
        lost.line.sku,
        sum(lost.line.quantity) as quantity
    from fitting
    inner join lost on fitting.order_id = lost.order_id
    group by fitting.warehouse_order_id, lost.line.sku
),

exact as (
    select warehouse_order_id
    from (
        select
            coalesce(added.warehouse_order_id, surplus.warehouse_order_id) as warehouse_order_id,
            coalesce(added.quantity, 0) = coalesce(surplus.quantity, 0) as is_equal
        from added
        full outer join surplus on added.warehouse_order_id = surplus.warehouse_order_id and added.sku = surplus.sku
    ) as compared
    group by warehouse_order_id
    having bool_and(is_equal)
),

gone_lines as (
    select
        order_id,
        unnest(line_ids) as line_id
    from gone
),

active_lines as (
    select
        warehouse_order_id,
        unnest(line_ids) as line_id
    from active
    where exists (select 1 from gone)
),

found as (
    select
        gone_lines.order_id,
        active_lines.warehouse_order_id,
        0 as weight
    from gone_lines
    inner join active_lines on gone_lines.line_id = active_lines.line_id
    union
    select
        fitting.order_id,
        fitting.warehouse_order_id,
        1 as weight
    from fitting
    semi join exact on fitting.warehouse_order_id = exact.warehouse_order_id
)

select
    gone.order_id,
    found.warehouse_order_id,
    gone.lines,
    gone.first_observed_at
from found
inner join gone on found.order_id = gone.order_id
qualify row_number() over (partition by gone.order_id order by found.weight asc, found.warehouse_order_id asc) = 1
