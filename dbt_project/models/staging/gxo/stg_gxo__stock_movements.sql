-- What changed stock between two snapshots, besides shipping: adjustments (signed) and receipts.
with adjustments as (
    {{ latest_versions(source('raw_gxo', 'stock_adjustments')) }}
),

receipts as (
    {{ latest_versions(source('raw_gxo', 'stock_receipts')) }}
),

received as (
    select
        id,
        payload ->> '$.site' as site,
        try_cast(nullif(payload ->> '$.date', '') as date) as moved_on,
        observed_at,
        loaded_through,
        unnest(from_json(payload -> '$.lines', '[{"sku": "VARCHAR", "received": "INTEGER"}]')) as line
    from receipts
    where not is_deleted
)

select
    id as movement_id,
    'adjustment' as movement_type,
    payload ->> '$.site' as site,
    payload ->> '$.sku' as sku,
    try_cast(payload ->> '$.quantity' as integer) as quantity,
    payload ->> '$.reason' as reason_code,
    try_cast(nullif(payload ->> '$.date', '') as date) as moved_on,
    observed_at,
    loaded_through
from adjustments
where not is_deleted
union all
select
    id as movement_id,
    'receipt' as movement_type,
    site,
    line.sku,
    line.received as quantity,
    '' as reason_code,
    moved_on,
    observed_at,
    loaded_through
from received
