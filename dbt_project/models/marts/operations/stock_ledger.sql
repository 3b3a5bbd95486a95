{{ config(contract={'enforced': true}) }}

{%- set kept_days = 14 %}

-- What the warehouses said of each item in the last days: snapshots that say something new, and movements.
with horizon as (
    select max(as_of) - interval {{ kept_days }} day as kept_from
    from {{ ref('stg_gxo__stock_snapshots') }}
),

snapshots as (
    select
        sku as item,
        site as location,
        'snapshot' as entry_type,
        snapshot_id as entry_id,
        cast(null as varchar) as order_id,
        '' as reason_code,
        cast(null as bigint) as on_hand_change,
        cast(quantities['17'] as bigint) as on_hand_quantity,
        cast(quantities['33'] as bigint) as available_quantity,
        reported_at
    from {{ ref('stg_gxo__recent_stock_levels') }}
    qualify
        quantities is distinct from lag(quantities) over (
            partition by site, sku order by reported_at
        )
),

movements as (
    select
        sku as item,
        site as location,
        movement_type as entry_type,
        movement_id as entry_id,
        cast(null as varchar) as order_id,
        reason_code,
        cast(on_hand_change as bigint) as on_hand_change,
        cast(null as bigint) as on_hand_quantity,
        cast(null as bigint) as available_quantity,
        reported_at
    from {{ ref('stg_gxo__stock_movements') }}
    cross join horizon
    where reported_at >= horizon.kept_from
),

advices as (
    select
        shipment_id,
        site,
        order_id,
        first_observed_at as reported_at,
        unnest(lines) as line
    from {{ ref('stg_gxo__shipping_advices') }}
    cross join horizon
    where not is_deleted and first_observed_at >= horizon.kept_from
),

shipments as (
    select
        line.sku as item,
        site as location,
        'shipment' as entry_type,
        shipment_id as entry_id,
        order_id,
        '' as reason_code,
        cast(-sum(line.shipped) as bigint) as on_hand_change,
        cast(null as bigint) as on_hand_quantity,
        cast(null as bigint) as available_quantity,
        reported_at
    from advices
    where line.shipped > 0
    group by all
)

select * from snapshots
union all
select * from movements
union all
select * from shipments
