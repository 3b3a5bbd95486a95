{{ config(materialized=atomic_view(), contract={'enforced': true}) }}

-- A kit has no stock of its own, and is known wherever anything is. NetSuite takes no order of an inactive item.
select
    levels.location_id as location,
    levels.sku as item
from {{ ref('stg_netsuite__item_levels') }} as levels
anti join {{ ref('stg_netsuite__items') }} as items on levels.item_id = items.item_id and items.is_inactive
where not levels.is_deleted
union
select
    snapshots.location,
    items.sku as item
from {{ ref('stg_netsuite__items') }} as items
cross join {{ ref('stg_netsuite__stock_snapshots') }} as snapshots
where items.is_kit and not items.is_deleted and not items.is_inactive
