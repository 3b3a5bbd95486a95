-- One row per bundle and component.
with versions as (
    {{ latest_versions(source('raw_linnworks', 'compositions')) }}
),

parts as (
    select
        id as bundle_id,
        payload ->> '$.SKU' as bundle,
        unnest(from_json(payload -> '$.Components', '[{"SKU": "VARCHAR", "Quantity": "VARCHAR"}]')) as part,
        observed_at,
        loaded_through
    from versions
    where not is_deleted
)

select
    bundle_id,
    bundle,
    part.sku as component,
    {{ units('part.quantity') }} as quantity,
    observed_at,
    loaded_through
from parts
