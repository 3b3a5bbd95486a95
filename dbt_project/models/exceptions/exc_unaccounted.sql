-- Records that are in no comparison at all, and sums that are in none: what no other check covers. What
-- another exception names is left out in exc_all.

-- A warehouse that is not mapped is one row, with all of its orders.
with unmapped as (
    select
        shop_id,
        entity_id as warehouse_id
    from {{ ref('exc_unshippable') }}
    where code = 'INV-07'
),

-- Only a shop that ships from a location of ours has its orders compared.
shops as (
    select distinct shop_id from {{ ref('stg_config__location_map') }}
    where not is_deleted
),

unshipped as (
    select
        orders.* replace (
            case
                when coalesce(orders.fulfillment_type, '') = '' then 'nothing says who ships it'
                when coalesce(orders.warehouse_id, '') = '' then 'it names no warehouse'
                else 'no location of ours ships it from warehouse ' || orders.warehouse_id
            end as reason
        )
    from {{ ref('rec_orders__read_vs_accounted') }} as orders
    semi join shops on orders.shop_id = shops.shop_id
    anti join {{ ref('int_fulfilments__orders') }} as shipped
        on orders.shop_id = shipped.shop_id and orders.order_id = shipped.order_id
    anti join unmapped on orders.shop_id = unmapped.shop_id and orders.warehouse_id = unmapped.warehouse_id
    where orders.place = 'to_ship'
),

-- A cancellation is compared with its order: one whose order is not there is in no comparison.
orderless as (
    select
        cancellations.shop_id,
        cancellations.cancel_id,
        coalesce(nullif(cancellations.order_id, ''), '(none)') as order_id
    from {{ ref('stg_tiktok_shop__cancellations') }} as cancellations
    inner join {{ ref('int_coverage__windows') }} as windows
        on cancellations.shop_id = windows.shop_id and windows.system = 'tiktok_shop' and windows.entity = 'orders'
    anti join {{ ref('stg_tiktok_shop__orders') }} as orders
        on cancellations.shop_id = orders.shop_id and cancellations.order_id = orders.order_id
    anti join {{ ref('int_quarantine__refused') }} as refused
        on cancellations.shop_id = refused.shop_id and cancellations.order_id = refused.record_id
    where
        not cancellations.is_deleted
        and len(cancellations.faults) = 0
        and coalesce(cancellations.updated_at, cancellations.requested_at, cancellations.observed_at)
        between windows.window_from and windows.window_to - interval 1 hour
),

found as (
    select
        shop_id,
        'order' as entity_type,
        order_id as entity_id,
        total_amount as amount,
        currency,
        ready_to_ship_due_at as due_at,
        reason
    from (
        select * from {{ ref('rec_orders__read_vs_accounted') }}
        anti join {{ ref('int_orders__withdrawn_copies') }} using (shop_id, order_id)
        where place is null
        union all by name
        select * from unshipped
    ) as orders
    union all by name
    select
        orders.shop_id,
        'order' as entity_type,
        orders.order_id as entity_id,
        orders.total_amount as amount,
        orders.currency,
        orders.ready_to_ship_due_at as due_at,
        'a line of it is also a line of order ' || array_to_string(shared.other_ids, ', ') as reason
    from {{ ref('int_orders__shared_lines') }} as shared
    inner join {{ ref('rec_orders__read_vs_accounted') }} as orders using (shop_id, order_id)
    union all by name
    select
        shop_id,
        'cancellation' as entity_type,
        cancel_id as entity_id,
        0 as amount,
        '' as currency,
        'it is of order ' || order_id || ', which was never read' as reason
    from orderless
    union all by name
    select
        shop_id,
        'statement' as entity_type,
        statement_id as entity_id,
        counted_amount - classed_amount as amount,
        currency,
        reason
    from {{ ref('rec_settlements__read_vs_accounted') }}
    where reason <> ''
    union all by name
    select
        shop_id,
        entity_type,
        entity_id,
        amount,
        currency,
        reason
    from {{ ref('rec_payouts__read_vs_accounted') }}
    where place is null
    union all by name
    select distinct
        '' as shop_id,
        'bank_entry' as entity_type,
        entries.bank_entry_id as entity_id,
        0 as amount,
        '' as currency,
        'it was read, and nothing reads it on' as reason
    from {{ ref('stg_bank__entry_readings') }} as entries
    anti join {{ ref('int_bank__lines') }} as lines on entries.bank_entry_id = lines.bank_entry_id
)

select
    'SYS-15' as code,
    shop_id,
    entity_type,
    entity_id,
    cast(max(abs(amount)) as decimal(18, 4)) as money_at_risk_amount,
    coalesce(any_value(currency), '') as currency,
    cast(min(due_at) as timestamptz) as due_at,
    'in one comparison' as expected,
    string_agg(distinct reason, '; ' order by reason) as actual,
    to_json({'reasons': list(distinct reason order by reason)}) as evidence,
    'unaccounted' as cause
from found
group by shop_id, entity_type, entity_id
