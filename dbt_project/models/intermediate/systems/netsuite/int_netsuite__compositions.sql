{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A member that cannot be read is one without a name or a quantity, and never left out: the kit would seem to do
-- without.
with parts as (
    select
        kits.kit_id,
        unnest(kits.members) as part
    from {{ ref('stg_netsuite__kits') }} as kits
    where not kits.is_deleted
)

select
    kits.sku as bundle,
    members.sku as component,
    {{ units('parts.part.quantity') }} as quantity
from parts
inner join {{ ref('stg_netsuite__items') }} as kits
    on parts.kit_id = kits.item_id and not kits.is_deleted and not kits.is_inactive
left join {{ ref('stg_netsuite__items') }} as members on parts.part.item = members.item_id and not members.is_deleted
