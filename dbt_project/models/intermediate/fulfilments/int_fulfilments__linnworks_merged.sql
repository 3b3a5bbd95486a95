-- Orders that were merged into another one in Linnworks: their own document is gone, and its lines are in a living one
-- beyond what that one's order has. One row per order that lost its document to another. Lines are recognised by their
-- ids, else as items, when what is gone is exactly what the other one has too much.
with documents as (
    select * from {{ ref('int_fulfilments__linnworks_orders') }}
),

living as (
    select * from documents
    where not is_deleted and document_status <> 'cancelled'
),

gone as (
    select gone.*
    from documents as gone
    anti join living on gone.order_id = living.order_id
    -- What was done with an order that is finished is of no interest any more.
    semi join {{ ref('int_fulfilments__orders') }} as orders
        on
            gone.order_id = orders.order_id
            and orders.order_status not in ('CANCELLED', 'DELIVERED', 'COMPLETED')
    where gone.is_deleted and gone.document_status not in ('cancelled', 'shipped') and len(gone.lines) > 0
    qualify row_number() over (partition by gone.order_id order by gone.observed_at desc, gone.document_id asc) = 1
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
        living.document_id,
        living.line.sku,
        living.line.quantity - coalesce(ordered.quantity, 0) as quantity
    from (
        select
            document_id,
            order_id,
            unnest(lines) as line
        from living
        where exists (select 1 from gone)
    ) as living
    left join ordered on living.order_id = ordered.order_id and living.line.sku = ordered.sku
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

-- A document that holds too much of every item of the one that is gone.
fitting as (
    select
        lost.order_id,
        surplus.document_id
    from lost
    inner join surplus on lost.line.sku = surplus.sku and lost.line.quantity <= surplus.quantity
    group by lost.order_id, surplus.document_id, lost.items
    having count(*) = lost.items
),

added as (
    select
        fitting.document_id,
        lost.line.sku,
        sum(lost.line.quantity) as quantity
    from fitting
    inner join lost on fitting.order_id = lost.order_id
    group by fitting.document_id, lost.line.sku
),

exact as (
    select document_id
    from (
        select
            coalesce(added.document_id, surplus.document_id) as document_id,
            coalesce(added.quantity, 0) = coalesce(surplus.quantity, 0) as is_equal
        from added
        full outer join surplus on added.document_id = surplus.document_id and added.sku = surplus.sku
    ) as compared
    group by document_id
    having bool_and(is_equal)
),

gone_lines as (
    select
        order_id,
        unnest(line_ids) as line_id
    from gone
),

living_lines as (
    select
        document_id,
        unnest(line_ids) as line_id
    from living
    where exists (select 1 from gone)
),

found as (
    select
        gone_lines.order_id,
        living_lines.document_id,
        0 as weight
    from gone_lines
    inner join living_lines on gone_lines.line_id = living_lines.line_id
    union
    select
        fitting.order_id,
        fitting.document_id,
        1 as weight
    from fitting
    semi join exact on fitting.document_id = exact.document_id
)

select
    gone.order_id,
    found.document_id,
    gone.lines,
    gone.first_observed_at
from found
inner join gone on found.order_id = gone.order_id
qualify row_number() over (partition by gone.order_id order by found.weight asc, found.document_id asc) = 1
